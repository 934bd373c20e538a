import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Explained } from '../errors.mjs';
import { startKafka } from '../kafka.mjs';
import { localDirectory, projectNode } from '../paths.mjs';
import { choosePort, freePort } from '../ports.mjs';
import { startPostgres } from '../postgres.mjs';
import { startService, tail, waitUntilReady } from '../service-process.mjs';
import { connectCarriers } from './carrier-connections.mjs';
import { makeRoles } from './database-roles.mjs';
import { answers, FLAGS, logOf, main } from './programs.mjs';
import { localSecrets } from './secrets.mjs';
import { startCarriers, startVoiceLink } from './simulators.mjs';

/** Soon enough to watch; the defaults of the apps are for production. */
const BRISK = {
  SWEEP_INTERVAL_MS: '2000',
  RESYNC_INTERVAL_MS: '30000',
  VOICELINK_TIMEOUT_MS: '3000',
  VOICELINK_LATE_EFFECT_MS: '2000',
  VOICELINK_STALE_READS_MS: '2000',
  BACKOFF_BASE_MS: '200',
  BACKOFF_CAP_MS: '5000',
  LOG_LEVEL: 'info',
  // Watching closely takes more than one request a second.
  RATE_LIMIT_PER_MINUTE: '60000',
  RATE_LIMIT_CALLS_PER_MINUTE: '6000',
  RATE_LIMIT_CALLS_PER_PARTNER_MINUTE: '6000',
};

/**
 * Starts everything, in order. `ready` resolves when all of it answers; `stop` may be called at any time, stops in
 * reverse order what was started, and resolves when all of it has ended.
 */
export function startStack({ say, ports }) {
  const services = [];
  const stopping = new AbortController();
  const starting = start({ say, ports, services, signal: stopping.signal });
  starting.catch(() => {});
  return {
    ready: starting,
    stop: async () => {
      stopping.abort();
      await starting.catch(() => {});
      // Apps before the servers that they use.
      for (const layer of ['app', 'server']) {
        await Promise.all(services.filter((service) => service.layer === layer).map((service) => service.stop(4000)));
      }
    },
  };
}

async function start({ say, ports, services, signal }) {
  mkdirSync(join(localDirectory, 'logs'), { recursive: true });
  const keep = (layer, service) => {
    services.push({ ...service, layer, stop: service.stop });
    if (signal.aborted) throw new Explained('Interrupted.');
    return service;
  };
  const [database, kafka] = await Promise.all([
    startDatabase({ say, port: ports.postgres, keep }),
    startBroker({ say, port: ports.kafka, keep }),
  ]);
  const env = appEnvironment({ database, kafka });
  const admin = (args, extra) => runAdmin(args, { ...env, ...extra });
  await admin(['migrate'], { MIGRATION_DATABASE_URL: database.migrationUrl });
  say('Database schema is current.');
  if (kafka.brokers) {
    await admin(['topics']);
    say('Kafka topics are there.');
  }
  const [simulator, carriers] = await Promise.all([
    startVoiceLink({ say, port: ports.simulator, keep }),
    startCarriers({ say, port: ports['carrier-simulator'], keep }),
  ]);
  const allowed = { ...env, ...carriers.env, VOICELINK_BASE_URL_ALLOWLIST: simulator.url };
  const { gateway, reconciler } = await startApps({ port: ports.gateway, env: allowed, say, keep });
  const demo = JSON.parse(
    await admin(['demo', '--base-url', simulator.url, '--username', simulator.username], {
      VOICELINK_BASE_URL_ALLOWLIST: simulator.url,
      VOICELINK_PASSWORD: simulator.password,
    }),
  );
  demo.carriers = await connectCarriers({ gateway: gateway.url, apiKey: demo.api_key, simulator: carriers.url });
  say(`Demo partner, API key and two agents are there, with connections to VoiceLink and ${listOf(demo.carriers)}.`);
  return {
    facts: factsOf({ gateway, reconciler, simulator, carriers, database, kafka, demo }),
    kafkaProblem: kafka.problem,
    someoneEnded: Promise.race(
      services.map((service) =>
        service.exited.then(
          (how) =>
            `${service.name} ${how}. Its last words (${service.logFile ?? 'no log'}):\n${service.logFile ? tail(service.logFile) : ''}`,
        ),
      ),
    ),
    tailDrift: (key) => tailTopic({ env, connectionId: demo.connection_id, key }),
  };
}

const listOf = (connections) => Object.keys(connections).join(', ');

const factsOf = ({ gateway, reconciler, simulator, carriers, database, kafka, demo }) => ({
  gateway: {
    url: gateway.url,
    api_key: demo.api_key,
    openapi_url: `${gateway.url}/openapi.json`,
    docs_url: `${gateway.url}/docs`,
    metrics_url: gateway.metricsUrl,
  },
  reconciler: { metrics_url: reconciler.metricsUrl, pid: reconciler.pid },
  simulator: {
    url: simulator.url,
    admin_url: `${simulator.url}/__admin`,
    username: simulator.username,
    password: simulator.password,
  },
  carrier_simulator: { url: carriers.url, admin_url: `${carriers.url}/__admin` },
  kafka: { brokers: kafka.brokers },
  database: { url: database.url, migration_url: database.migrationUrl },
  demo: { connection_id: demo.connection_id, carriers: demo.carriers, agents: demo.agents },
});

async function startDatabase({ say, port, keep }) {
  if (process.env.DATABASE_URL) {
    say('PostgreSQL: the one of DATABASE_URL.');
    return { url: process.env.DATABASE_URL, migrationUrl: process.env.MIGRATION_DATABASE_URL ?? '' };
  }
  say('Starting PostgreSQL …');
  const postgres = await startPostgres({
    dataDirectory: join(localDirectory, 'postgres'),
    port: port ?? 5433,
    explicitPort: port !== undefined,
    say,
  });
  keep('server', { ...postgres, name: 'PostgreSQL' });
  say(`PostgreSQL 18 is up on port ${postgres.port}.`);
  return makeRoles(postgres.url);
}

/** Without a broker everything else works: events wait in the database. */
async function startBroker({ say, port, keep }) {
  if (process.env.KAFKA_BROKERS) {
    say('Kafka: the one of KAFKA_BROKERS.');
    return { brokers: process.env.KAFKA_BROKERS, problem: null };
  }
  say('Starting Kafka …');
  try {
    const kafka = await startKafka({
      dataDirectory: join(localDirectory, 'kafka'),
      port: port ?? 9092,
      explicitPort: port !== undefined,
      say,
    });
    keep('server', { ...kafka, name: 'Kafka' });
    say(`Kafka is up on port ${kafka.port}.`);
    return { brokers: kafka.brokers, problem: null };
  } catch (error) {
    if (!(error instanceof Explained) || port !== undefined) throw error;
    say(`No Kafka: ${error.message}`);
    say(
      'Going on without a broker: everything but the delivery of events to Kafka works; events are kept until there is one.',
    );
    return { brokers: null, problem: error.message };
  }
}

function appEnvironment({ database, kafka }) {
  return {
    // The second start of a program takes a quarter less of the processor than its first.
    NODE_COMPILE_CACHE: join(localDirectory, 'compiled'),
    ...process.env,
    NODE_ENV: 'production',
    ...BRISK,
    ...localSecrets(),
    DATABASE_URL: database.url,
    // Given to the one command that needs it.
    MIGRATION_DATABASE_URL: '',
    KAFKA_BROKERS: kafka.brokers ?? '',
  };
}

async function startApps({ port, env, say, keep }) {
  const chosen = await choosePort({ name: 'the gateway', wanted: port ?? 3000, explicit: port !== undefined, say });
  const url = `http://127.0.0.1:${chosen}`;
  // The simulated carriers are on this machine, so they reach the gateway by its own address.
  const reached = { ...env, PUBLIC_BASE_URL: url };
  const [gateway, reconciler] = await Promise.all([
    startGateway({ url, env: reached, say, keep }),
    startReconciler({ env: reached, say, keep }),
  ]);
  return { gateway, reconciler };
}

async function startGateway({ url, env, say, keep }) {
  const metricsPort = await freePort();
  const own = { ...env, PORT: new URL(url).port, METRICS_PORT: String(metricsPort) };
  await startApp({ name: 'api-gateway', env: own, probe: `${url}/health/ready`, keep });
  say(`Gateway is up: ${url}`);
  return { url, metricsUrl: `http://127.0.0.1:${metricsPort}/metrics` };
}

async function startReconciler({ env, say, keep }) {
  const chosen = await freePort();
  const url = `http://127.0.0.1:${chosen}`;
  const own = { ...env, METRICS_PORT: String(chosen) };
  const { pid } = await startApp({ name: 'reconciler', env: own, probe: `${url}/readyz`, keep });
  say(`Reconciler is up: ${url}/metrics`);
  return { metricsUrl: `${url}/metrics`, pid };
}

async function startApp({ name, env, probe, keep }) {
  const logFile = logOf(name);
  const service = keep('app', {
    ...startService({
      name: `The ${name}`,
      command: projectNode(),
      args: [...FLAGS, main(name)],
      env: { ...env, HOST: '127.0.0.1' },
      logFile,
    }),
    logFile,
  });
  await waitUntilReady(service, () => answers(probe), { timeoutMs: 60_000, logFile });
  return service;
}

/** Runs one command of the admin app to its end and returns what it printed. */
function runAdmin(args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(projectNode(), [...FLAGS, main('admin'), ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const texts = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr']) child[stream].on('data', (chunk) => (texts[stream] += chunk));
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0
        ? resolve(texts.stdout)
        : reject(new Explained(`admin ${args[0]} failed:\n${texts.stderr || texts.stdout}`)),
    );
  });
}

/** Reads one DID's drift events from the real topic, from its beginning. `next` waits for one that `wanted` accepts. */
function tailTopic({ env, connectionId, key }) {
  const args = ['events', '--topic', 'voicelink.drift.v1', '--key', `${connectionId}/${key}`, '--from-beginning'];
  const child = spawn(projectNode(), [...FLAGS, main('admin'), ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] });
  const events = [];
  let rest = '';
  let errors = '';
  child.stderr.on('data', (chunk) => (errors += chunk));
  child.stdout.on('data', (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    events.push(...lines.filter(Boolean).map((line) => JSON.parse(line)));
  });
  return {
    find: (wanted) => events.find(wanted),
    count: () => events.length,
    problem: () => (child.exitCode === null ? null : errors),
    close: () => child.kill('SIGTERM'),
  };
}
