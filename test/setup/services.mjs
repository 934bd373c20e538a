import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startKafka } from '../../deploy/local/kafka.mjs';
import { freePort } from '../../deploy/local/ports.mjs';
import { startPostgres } from '../../deploy/local/postgres.mjs';
import { isAlive } from '../../deploy/local/service-process.mjs';

const TLS = resolve(import.meta.dirname, 'tls');
const pem = (name) => readFileSync(join(TLS, name), 'utf8');
const SERVER_PEMS = { certificate: pem('server.pem'), key: pem('server.key') };
const LOGIN = { user: 'dialtone', password: 'sasl-secret' };

/** The environment of an app that reaches the test servers over TLS and logs in to the broker; its query goes to DATABASE_URL. */
const securedAccess = (port) => ({
  databaseQuery: `sslmode=verify-full&sslrootcert=${encodeURIComponent(join(TLS, 'ca.pem'))}`,
  env: {
    KAFKA_BROKERS: `127.0.0.1:${port}`,
    KAFKA_TLS: 'true',
    KAFKA_CA_FILE: join(TLS, 'ca.pem'),
    KAFKA_SASL_MECHANISM: 'scram-sha-512',
    KAFKA_SASL_USERNAME: LOGIN.user,
    KAFKA_SASL_PASSWORD: LOGIN.password,
  },
});

const PREFIX = 'dialtone-tests-';

/** Removes what killed runs left in the temporary directory. */
function removeLeftovers() {
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(PREFIX) ? Number(name.slice(PREFIX.length)) : Number.NaN;
    if (Number.isInteger(pid) && !isAlive(pid)) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

/**
 * One PostgreSQL and one Kafka for all test files of a run. Servers that TEST_DATABASE_URL (a role that may create
 * databases) and TEST_KAFKA_BROKERS name are used instead of our own.
 * @param {(line: string) => void} say
 * @returns {Promise<{databaseUrl: string, brokers: string, secured: object | null, stop: () => Promise<void>}>} `secured`: how
 *   our own are reached over TLS.
 */
export async function startTestServices(say) {
  removeLeftovers();
  const directory = join(tmpdir(), `${PREFIX}${process.pid}`);
  mkdirSync(directory, { recursive: true });
  chmodSync(directory, 0o755); // PostgreSQL passes through it as another user when we are root.
  const own = [];
  const securedPort = await freePort();
  const database = async () => {
    const given = process.env.TEST_DATABASE_URL;
    if (given) return given;
    const server = await startPostgres({
      dataDirectory: join(directory, 'postgres'),
      port: await freePort(),
      volatile: true,
      tls: SERVER_PEMS,
      say,
    });
    own.push(server);
    return server.url;
  };
  const kafka = async () => {
    const given = process.env.TEST_KAFKA_BROKERS;
    if (given) return given;
    const server = await startKafka({
      dataDirectory: join(directory, 'kafka'),
      port: await freePort(),
      secured: { port: securedPort, ca: pem('ca.pem'), ...SERVER_PEMS, ...LOGIN },
      say,
    });
    own.push(server);
    return server.brokers;
  };
  const stop = async () => {
    await Promise.all(own.map((server) => server.stop()));
    rmSync(directory, { recursive: true, force: true });
  };
  const [first, second] = await Promise.allSettled([database(), kafka()]);
  if (first.status === 'rejected' || second.status === 'rejected') {
    await stop();
    throw first.reason ?? second.reason;
  }
  const isNative = own.length === 2 && own.every(({ pid }) => pid !== undefined);
  const secured = isNative ? securedAccess(securedPort) : null;
  return { databaseUrl: first.value, brokers: second.value, secured, stop };
}
