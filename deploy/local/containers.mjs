import { Explained } from './errors.mjs';

/**
 * The same servers as containers, for machines with a Docker engine where the native ones cannot run. Testcontainers
 * removes them when this process ends, however it ends; their data is not kept.
 */

/** What LOCAL_SERVERS asks for: `containers` even where the native servers can run; empty or `native` for these. */
export function areContainersWanted() {
  const { LOCAL_SERVERS: wanted = '' } = process.env;
  if (['', 'native', 'containers'].includes(wanted)) return wanted === 'containers';
  throw new Explained(
    `LOCAL_SERVERS is "${wanted}". It must be native or containers, for example LOCAL_SERVERS=containers`,
  );
}

/** True when a container engine answers. */
export async function engineAnswers() {
  const { getContainerRuntimeClient } = await import('testcontainers');
  return getContainerRuntimeClient().then(
    () => true,
    () => false,
  );
}

async function startContainer(container, what) {
  let started;
  try {
    started = await container.start();
  } catch (error) {
    throw new Explained(`${what} could not be started as a container: ${error.message}`);
  }
  let ended = false;
  const stop = async () => {
    if (!ended) await started.stop({ timeout: 5000 });
    ended = true;
  };
  const exited = new Promise(() => {}); // A container's end is not watched.
  return { started, pid: undefined, logFile: undefined, exited, stop, kill: stop };
}

/** PostgreSQL 18 as a container on 127.0.0.1:port; see startPostgres. */
export async function startPostgresContainer({ port, database }) {
  const { PostgreSqlContainer } = await import('@testcontainers/postgresql');
  const container = new PostgreSqlContainer('postgres:18')
    .withDatabase(database)
    .withUsername(database)
    .withExposedPorts({ container: 5432, host: port })
    .withCommand(['postgres', '-c', 'max_connections=200', '-c', 'timezone=UTC']);
  const { started, ...service } = await startContainer(container, 'PostgreSQL');
  return { ...service, url: started.getConnectionUri(), port, dataDirectory: undefined };
}

/** Apache Kafka as a container on 127.0.0.1:port; see startKafka. */
export async function startKafkaContainer({ image, port, controllerPort }) {
  const { GenericContainer, Wait } = await import('testcontainers');
  const environment = {
    KAFKA_NODE_ID: '1',
    KAFKA_PROCESS_ROLES: 'broker,controller',
    KAFKA_LISTENERS: `PLAINTEXT://0.0.0.0:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${port}`,
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
    KAFKA_CONTROLLER_QUORUM_VOTERS: `1@127.0.0.1:${controllerPort}`,
    KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
    KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
    KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
    KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
    KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
  };
  const container = new GenericContainer(image)
    .withEnvironment(environment)
    .withExposedPorts({ container: port, host: port })
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/));
  const { started, ...service } = await startContainer(container, 'Kafka');
  return { ...service, brokers: `${started.getHost()}:${port}`, port };
}
