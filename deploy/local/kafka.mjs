import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { areContainersWanted, engineAnswers, startKafkaContainer } from './containers.mjs';
import { Explained } from './errors.mjs';
import { KAFKA_VERSION, kafkaJars } from './kafka-jars.mjs';
import { kafkaAnswers } from './kafka-probe.mjs';
import { choosePort, freePort } from './ports.mjs';
import { startService, stopLeftover, waitUntilReady } from './service-process.mjs';

/** Small, quick to start, and IPv4: the broker is a development tool here. */
const JVM = ['-Xms128m', '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Djava.net.preferIPv4Stack=true'];
const LOGGING = ['-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-Dorg.slf4j.simpleLogger.showDateTime=true'];

/** Null when a Java of version 17 or later is installed, otherwise the problem. */
export function javaProblem() {
  const asked = spawnSync('java', ['-version'], { encoding: 'utf8' });
  if (asked.error || asked.status !== 0) return 'Java is missing';
  const version = /version "(\d+)/.exec(asked.stderr)?.[1];
  return Number(version) >= 17 ? null : `Java ${version ?? '(unknown version)'} is too old`;
}

/**
 * @typedef {{port: number, ca: string, certificate: string, key: string, user: string, password: string}} Secured
 * A second listener on 127.0.0.1, for clients that log in over TLS: texts in PEM, and one user of PLAIN and SCRAM. A client
 * certificate is looked at when there is one.
 */

/** @param {Secured} secured */
function securedProperties({ port, ca, certificate, key, user, password }) {
  const listener = (name) => `listener.name.secured.${name}`;
  const module = 'org.apache.kafka.common.security';
  const pem = (text) => text.trim().replaceAll('\n', '\\n');
  return {
    listeners: `SECURED://127.0.0.1:${port}`,
    'listener.security.protocol.map': 'SECURED:SASL_SSL',
    [listener('sasl.enabled.mechanisms')]: 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    [listener('plain.sasl.jaas.config')]: `${module}.plain.PlainLoginModule required user_${user}="${password}";`,
    [listener('scram-sha-256.sasl.jaas.config')]: `${module}.scram.ScramLoginModule required;`,
    [listener('scram-sha-512.sasl.jaas.config')]: `${module}.scram.ScramLoginModule required;`,
    [listener('ssl.keystore.type')]: 'PEM',
    [listener('ssl.keystore.certificate.chain')]: pem(certificate),
    [listener('ssl.keystore.key')]: pem(key),
    [listener('ssl.truststore.type')]: 'PEM',
    [listener('ssl.truststore.certificates')]: pem(ca),
    [listener('ssl.client.auth')]: 'requested',
  };
}

/** One KRaft node that is broker and controller; everything that would ask for three replicas set to one. */
function serverProperties({ dataDirectory, port, controllerPort, secured }) {
  const more = secured === undefined ? {} : securedProperties(secured);
  const listed = (name, own) => (more[name] === undefined ? own : `${own},${more[name]}`);
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    ...more,
    listeners: listed('listeners', `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`),
    'advertised.listeners': listed('listeners', `PLAINTEXT://127.0.0.1:${port}`),
    'listener.security.protocol.map': listed(
      'listener.security.protocol.map',
      'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    ),
    'log.dirs': join(dataDirectory, 'data'),
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 3,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 3,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 3,
    'group.initial.rebalance.delay.ms': 0,
    'auto.create.topics.enable': false,
    'log.cleaner.dedupe.buffer.size': 8_388_608,
    // After a kill -9 the dead incarnation keeps its registration for this long, and the new one waits for it.
    'broker.session.timeout.ms': 1500,
    'broker.heartbeat.interval.ms': 300,
    'controller.quorum.election.timeout.ms': 500,
    'controller.quorum.fetch.timeout.ms': 500,
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/** Formats the storage once; a directory whose formatting was cut off is formatted anew. */
function format({ libs, dataDirectory, properties, secured }) {
  if (existsSync(join(dataDirectory, 'data', 'meta.properties'))) return;
  rmSync(join(dataDirectory, 'data'), { recursive: true, force: true });
  // A leading dash would be read as an option of the tool.
  const clusterId = randomBytes(16).toString('base64url').replace(/^-/, 'A');
  const tool = ['-XX:TieredStopAtLevel=1', '-cp', join(libs, '*'), 'kafka.tools.StorageTool', 'format'];
  const users = ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) =>
    secured === undefined ? [] : ['--add-scram', `${mechanism}=[name=${secured.user},password=${secured.password}]`],
  );
  const args = [...tool, '-t', clusterId, '-c', properties, '--ignore-formatted', ...users];
  const done = spawnSync('java', args, { encoding: 'utf8' });
  if (done.status !== 0)
    throw new Explained(`Kafka's storage could not be formatted: ${(done.stderr || done.stdout).trim()}`);
}

async function startBroker({ dataDirectory, port, secured, say }) {
  const libs = await kafkaJars({ say });
  mkdirSync(dataDirectory, { recursive: true });
  const pidFile = join(dataDirectory, 'kafka.pid');
  const properties = join(dataDirectory, 'server.properties');
  writeFileSync(properties, serverProperties({ dataDirectory, port, controllerPort: await freePort(), secured }));
  format({ libs, dataDirectory, properties, secured });
  const logFile = join(dataDirectory, 'kafka.log');
  const service = startService({
    name: `Kafka ${KAFKA_VERSION}`,
    command: 'java',
    args: [...JVM, ...LOGGING, '-cp', join(libs, '*'), 'kafka.Kafka', properties],
    cwd: dataDirectory,
    logFile,
    pidFile,
  });
  const brokers = `127.0.0.1:${port}`;
  await waitUntilReady(service, () => kafkaAnswers(brokers), { timeoutMs: 60_000, logFile, intervalMs: 100 });
  return { brokers, port, pid: service.pid, logFile, exited: service.exited, stop: service.stop, kill: service.kill };
}

/**
 * Starts one Kafka node on 127.0.0.1 with its data in `dataDirectory` (made when missing, kept at the end), and waits
 * until it has a controller. Without Java, and with a Docker engine, the same broker runs as a container (its data is
 * then not kept).
 * @param {{dataDirectory: string, port?: number, explicitPort?: boolean, secured?: Secured, say?: (line: string) => void}} options
 *   `secured`: not in a container.
 * @returns {Promise<{brokers: string, port: number, pid: number | undefined, logFile: string | undefined, exited: Promise<string>, stop: () => Promise<void>, kill: () => Promise<void>}>}
 */
export async function startKafka({
  dataDirectory: wanted,
  port: wantedPort = 9092,
  explicitPort,
  secured,
  say = () => {},
}) {
  const dataDirectory = resolve(wanted);
  const problem = areContainersWanted() ? 'Containers are wanted' : javaProblem();
  if (problem === null) {
    const pidFile = join(dataDirectory, 'kafka.pid');
    await stopLeftover({ pidFile, mark: dataDirectory, say, name: 'Kafka' });
  } else if (!(await engineAnswers())) {
    throw new Explained(
      `${problem}: the Kafka broker needs Java 17 or later and Maven (e.g. apt-get install openjdk-17-jre-headless maven), or a running Docker engine. ` +
        'Or set KAFKA_BROKERS to a broker of your own, e.g. KAFKA_BROKERS=127.0.0.1:9092',
    );
  }
  const port = await choosePort({ name: 'Kafka', wanted: wantedPort, explicit: explicitPort, say });
  if (problem === null) return startBroker({ dataDirectory, port, secured, say });
  say(`${problem}: Kafka runs in a container.`);
  return startKafkaContainer({ image: `apache/kafka:${KAFKA_VERSION}`, port, controllerPort: await freePort() });
}
