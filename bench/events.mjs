import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startKafka } from '../deploy/local/kafka.mjs';
import { repositoryRoot } from '../deploy/local/paths.mjs';
import { freePort } from '../deploy/local/ports.mjs';
import { watchDatabase } from './database.mjs';
import { figuresOf } from './figures.mjs';
import { startBed } from './stack.mjs';
import { medianOf, percentileOf } from './statistics.mjs';

/** Records per request of the plain producer: as many as the relay sends. */
const BATCH = 1_000;
/** Backlogs that are measured, each beside the same messages of the plain producer; one more warms all processes up. */
const ROUNDS = 5;
const PER_SECOND = 1_000;
const WRITERS = 12;
/** Commits before the first one that is measured, at the same rate: afterwards no process compiles what it does for each any more. */
const WARM_UP = 2_000;
/** What a verdict of one number changes: two topics. */
const TYPES = ['dialtone.readiness.changed.v1', 'dialtone.drift.detected.v1'];
const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

const now = () => performance.timeOrigin + performance.now();

/** The broker of KAFKA_BROKERS, or one of our own that goes with `stop`. */
async function startBroker() {
  if (process.env.KAFKA_BROKERS) return { brokers: process.env.KAFKA_BROKERS, stop: () => Promise.resolve() };
  const directory = mkdtempSync(join(tmpdir(), 'dialtone-bench-kafka-'));
  const broker = await startKafka({ dataDirectory: directory, port: await freePort(), explicitPort: true });
  const stop = async () => {
    await broker.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  return { brokers: broker.brokers, stop };
}

/** The parts of the built checkout that make the same statements and the same records as the apps. */
function builtParts(checkout = repositoryRoot) {
  const built = createRequire(join(checkout, 'dist', 'libs', 'bench.js'));
  return {
    ...built('./contracts/src/index.js'),
    ...built('./messaging/src/kafka-record.js'),
    ...built('./messaging/src/kafka-client.js'),
    ...built('./persistence/src/events/append-events.js'),
    ...built('./persistence/src/bounded-client.js'),
    ...built('./persistence/src/server-watch.js'),
    Partitioners: built('kafkajs').Partitioners,
  };
}

/** Connections as those of the apps, one for each writer: they plan a statement that comes often once. */
async function connectWriters({ BoundedClient, ServerWatch }, connectionString) {
  const options = { connectionString, statement_timeout: 30_000, watch: new ServerWatch() };
  const clients = Array.from({ length: WRITERS }, () => new BoundedClient(options));
  await Promise.all(clients.map((client) => client.connect()));
  return clients;
}

/**
 * How many events a second go from the log to Kafka, beside how many a plain producer sends of the same records, in turn: a backlog of
 * two events for each of `dids` numbers, several times. Then how long an event waits from its commit to the broker's acknowledgement
 * while twelve writers commit a thousand a second, `requests` in all.
 */
export async function eventsBenchmark({ dids, seed, requests, profile, checkout }) {
  const broker = await startBroker();
  const bed = await startBed({ dids: 10, seed, checkout }).catch((error) =>
    broker.stop().then(() => Promise.reject(error)),
  );
  const database = await watchDatabase(bed.databaseUrl);
  const parts = builtParts(checkout);
  const writers = await connectWriters(parts, bed.databaseUrl);
  try {
    const reconciler = await startRelay(bed, broker.brokers);
    const world = { bed, database, writers, reconciler, parts, brokers: broker.brokers };
    await caughtUp(database);
    return [...(await measureBacklogs(world, { dids, profile })), await measureWaits(world, { requests, profile })];
  } finally {
    await Promise.all(writers.map((writer) => writer.end()));
    await database.close();
    await bed.stop();
    await broker.stop();
  }
}

async function startRelay(bed, brokers) {
  const file = join(bed.logs, 'acknowledged.json');
  const options = `--require ${join(import.meta.dirname, 'acknowledged.cjs')}`;
  const name = 'reconciler';
  const env = { KAFKA_BROKERS: brokers, NODE_OPTIONS: options, ACKNOWLEDGED_FILE: file };
  const reconciler = await bed.app('reconciler', { name, ...env });
  /** Epoch ms of the acknowledgement by record, since it was last asked. */
  const acknowledged = async () => {
    rmSync(file, { force: true });
    process.kill(reconciler.pid, 'SIGUSR2');
    for (;;) {
      try {
        return new Map(JSON.parse(readFileSync(file, 'utf8')));
      } catch (error) {
        if (error.code !== 'ENOENT') throw error;
        await sleep(10);
      }
    }
  };
  return { ...reconciler, acknowledged };
}

const CAUGHT_UP = `select 1 where not exists (select 1 from event_log where position is null) and (
  select bool_and(c.position = s.position) from cursors c, cursors s where s.name = 'sequencer' and c.name like 'kafka:%')`;
const caughtUp = (database) => database.until(CAUGHT_UP, [], { everyMs: 50 });

/** One event of each type for each number of a connection, in the order of the log. */
const eventsOf = ({ EVENT_EXAMPLES }, { partnerId, connectionId, seq, keys }) =>
  keys.flatMap((key) =>
    TYPES.map((type, nth) => {
      const own = { partner_id: partnerId, connection_id: connectionId, key, seq: TYPES.length * seq + nth + 1 };
      return { type, connection_id: connectionId, key, seq: own.seq, data: { ...EVENT_EXAMPLES[type], ...own } };
    }),
  );

async function measureBacklogs(world, { dids, profile }) {
  const { bed, reconciler, parts } = world;
  const keys = Array.from({ length: dids }, (_, nth) => String(15_550_000_000 + nth));
  const about = { partnerId: bed.partner.partner_id, connectionId: randomUUID(), keys };
  const plain = await plainProducer(world);
  const runs = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const events = eventsOf(parts, { ...about, seq: round });
    if (round === 1) await reconciler.reset({ profile });
    const relayed = await relayAll(world, events);
    if (round === ROUNDS)
      relayed.measured = await reconciler.read({ profile: profile && join(bed.logs, 'events.cpuprofile') });
    const raw = await plain.send(events);
    if (round > 0) runs.push({ relayed, raw });
  }
  await plain.end();
  return rowsOf(runs, TYPES.length * dids);
}

const rowsOf = (runs, count) => {
  const { measured } = runs.at(-1).relayed;
  const walls = {
    log: medianOf(runs.map(({ relayed }) => relayed.wallMs)),
    raw: medianOf(runs.map(({ raw }) => raw.wallMs)),
  };
  const ratio = walls.raw / walls.log;
  const perSecond = (wallMs) => Math.round((count * 1_000) / wallMs);
  const told = (what, wallMs) => `${count} × ${what}, ${perSecond(wallMs)} a second`;
  const relayed = { ...figuresOf(measured), byStatement: measured.byStatement, cpuMs: measured.cpuMs / ROUNDS };
  return [
    {
      ...NOTHING,
      name: told('plain producer', walls.raw),
      wallMs: walls.raw,
      cpuMs: medianOf(runs.map(({ raw }) => raw.cpuMs)),
      perSecond: perSecond(walls.raw),
    },
    {
      ...relayed,
      name: `${told('log to Kafka', walls.log)}, ${ratio.toFixed(2)} of plain`,
      wallMs: walls.log,
      perSecond: perSecond(walls.log),
      ratio,
    },
  ];
};

/** Of a phase that is not that of a measured process. */
const NOTHING = figuresOf({
  ...{ requests: {}, bytes: 0, cpuMs: 0, statements: 0 },
  ...{ heapPeak: 0, heapKept: 0, externalKept: 0, rssPeak: 0, loopP99Ms: 0, loopMaxMs: 0 },
});

/** A backlog, from the commit of all of it to the acknowledgement of its last record. */
async function relayAll({ writers: [writer], reconciler, parts, database }, events) {
  await writer.query('begin');
  for (let from = 0; from < events.length; from += 2_000)
    await parts.appendEvents(writer, events.slice(from, from + 2_000));
  const committedAt = now();
  await writer.query('commit');
  await sleep(100);
  await caughtUp(database);
  const acknowledged = await reconciler.acknowledged();
  return { wallMs: Math.max(...acknowledged.values()) - committedAt };
}

/** One producer for each topic, as the relays have; each sends batch after batch. */
async function plainProducer({ parts, brokers }) {
  const kafka = parts.createKafka({ brokers: brokers.split(','), clientId: 'bench' }, SILENT);
  const producers = new Map();
  for (const type of TYPES) {
    const producer = kafka.producer({
      createPartitioner: parts.Partitioners.DefaultPartitioner,
      allowAutoTopicCreation: false,
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await producer.connect();
    producers.set(parts.TOPIC_OF[type], producer);
  }
  const send = async (events) => {
    const records = events.map((event) =>
      parts.toKafkaRecord({ ...event, event_id: randomUUID(), created_at: new Date() }),
    );
    const byTopic = Map.groupBy(records, ({ topic }) => topic);
    const [startedAt, cpu] = [now(), process.cpuUsage()];
    await Promise.all([...byTopic].map(([topic, own]) => sendAll(producers.get(topic), topic, own)));
    const { user, system } = process.cpuUsage(cpu);
    return { wallMs: now() - startedAt, cpuMs: (user + system) / 1_000 };
  };
  return { send, end: () => Promise.all([...producers.values()].map((producer) => producer.disconnect())) };
}

async function sendAll(producer, topic, records) {
  for (let from = 0; from < records.length; from += BATCH) {
    const messages = records.slice(from, from + BATCH).map(({ key, value, headers }) => ({ key, value, headers }));
    await producer.sendBatch({ acks: -1, timeout: 10_000, topicMessages: [{ topic, messages }] });
  }
}

/**
 * A thousand commits a second, each of one event, at even intervals; late ones follow at once. What the backlogs have left dead in the table
 * goes before, as it would within a minute: in the midst of it, or after it, depends on when the server looks.
 */
async function measureWaits(world, { requests, profile }) {
  const { bed, reconciler, database } = world;
  await caughtUp(database);
  await database.rows('vacuum analyze event_log');
  await commitSteadily(world, WARM_UP);
  await reconciler.acknowledged();
  await reconciler.reset({ profile });
  const { committed, wallMs } = await commitSteadily(world, requests);
  const measured = await reconciler.read({ profile: profile && join(bed.logs, 'events-waits.cpuprofile') });
  const acknowledged = await reconciler.acknowledged();
  const waits = [...committed].map(([record, at]) => acknowledged.get(record) - at);
  const [p50Ms, p99Ms] = [medianOf(waits), percentileOf(waits, 0.99)];
  const rate = Math.round((requests * 1_000) / wallMs);
  const told = `commit to acknowledgement p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`;
  const name = `${requests} × ${told} at ${rate} a second`;
  return { ...figuresOf(measured), name, wallMs, byStatement: measured.byStatement, perSecond: rate, p50Ms, p99Ms };
}

/** Until all of them are acknowledged: when each record's writer heard of its commit, and how long they took together. */
async function commitSteadily({ bed, writers, parts, database }, requests) {
  const [type] = TYPES;
  const about = { partnerId: bed.partner.partner_id, connectionId: randomUUID() };
  const committed = new Map();
  const append = async (writer, nth) => {
    const keys = [String(15_560_000_000 + (nth % 500))];
    const events = eventsOf(parts, { ...about, keys, seq: nth }).filter((event) => event.type === type);
    await parts.appendEvents(writer, events);
    committed.set(`${about.connectionId}/${keys[0]}/${events[0].seq}`, now());
  };
  const startedAt = now();
  let next = 0;
  const write = async (writer) => {
    for (let nth = next++; nth < requests; nth = next++) {
      const ahead = startedAt + (nth * 1_000) / PER_SECOND - now();
      if (ahead > 0) await sleep(ahead);
      await append(writer, nth);
    }
  };
  await Promise.all(writers.map(write));
  const wallMs = now() - startedAt;
  await sleep(100);
  await caughtUp(database);
  return { committed, wallMs };
}
