import { randomBytes } from 'node:crypto';
import { OUTBOUND_EVENT_TYPES, parseEvent, TOPIC_OF, type TopicName } from '@dialtone/contracts';
import type { ConnectionId, DidKey, Issue } from '@dialtone/domain';
import { ensureTopics, KafkaEventPublisher, KafkaTopicReader, RELAY_CURSOR } from '@dialtone/messaging';
import { didEvent, type PrivateKafka, readTopics, silentLogger, startPrivateKafka } from '@dialtone/messaging/testing';
import { usePostgres } from '@dialtone/persistence/testing';
import { adminConfig } from '@dialtone/platform';
import { aDidKey, OBSERVED_AT, updateOf } from '@dialtone/testing';
import { adminProgram } from './program';

const READINESS: TopicName = 'voicelink.readiness.v1';
const DRIFT: TopicName = 'voicelink.drift.v1';
const LONG_AGO = '2020-01-01T00:00:00Z';
const postgres = usePostgres();

let kafka: PrivateKafka;
let publisher: KafkaEventPublisher;
beforeAll(async () => {
  kafka = await startPrivateKafka();
  const connection = { brokers: kafka.brokers, clientId: 'test-admin' };
  await ensureTopics(connection, { logger: silentLogger });
  publisher = new KafkaEventPublisher({ connection, logger: silentLogger });
});
afterAll(async () => {
  await publisher.close();
  await kafka.dispose();
});

let connectionId: ConnectionId;
beforeEach(async () => {
  connectionId = (await postgres.given.connection()).id;
});

/** The lines that the command printed, and its exit code. */
const run = async (...args: readonly string[]) => {
  const config = adminConfig({
    DATABASE_URL: postgres.database.url,
    API_KEY_PEPPER: randomBytes(32).toString('base64'),
    CREDENTIALS_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    KAFKA_BROKERS: kafka.brokers.join(),
  });
  const printed: string[] = [];
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  const before = process.exitCode;
  try {
    await adminProgram(() => config, {}).parseAsync(['node', 'admin', 'events', ...args]);
    const lines = printed.join('').trim().split('\n');
    return { lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>), code: process.exitCode ?? 0 };
  } finally {
    write.mockRestore();
    process.exitCode = before;
  }
};

let observedAt = OBSERVED_AT;
const see = async (key: DidKey, issues: readonly Issue[] = []): Promise<void> => {
  observedAt += 1_000;
  const seen = { at: observedAt, issues, facts: String(observedAt) };
  await postgres.stores.keyStates.apply(connectionId, [updateOf(key, seen)], { makeDue: false });
  await postgres.stores.sequencer.assign(10);
};

/** What the relay of a topic does; `lost`: what the broker lost of it later. */
const relay = async ({
  topic = READINESS,
  lost = false,
}: {
  readonly topic?: TopicName;
  readonly lost?: boolean;
} = {}): Promise<void> => {
  const { cursors, events } = postgres.stores;
  const end = await events.lastPosition();
  await cursors.branch(RELAY_CURSOR, [READINESS, DRIFT]);
  const from = await cursors.get(`${RELAY_CURSOR}:${topic}`);
  const except = OUTBOUND_EVENT_TYPES.filter((type) => TOPIC_OF[type] !== topic);
  if (!lost) await publisher.publish(await events.read(from, 1_000, { except, until: end }));
  await cursors.advance(`${RELAY_CURSOR}:${topic}`, from, end);
};

/** What differs on this test's connection: the topic has records of other tests. */
const verify = async () => {
  const { lines, code } = await run('verify');
  const [found = {}] = lines;
  const ours = (kind: string): readonly string[] => {
    const { keys } = found[kind] as { readonly keys: readonly string[] };
    return keys.filter((recordKey) => recordKey.startsWith(connectionId));
  };
  const differences = Object.fromEntries(['missing', 'stale', 'extra'].map((kind) => [kind, ours(kind)]));
  return { ...differences, numbers: found['numbers'], onTheirWay: found['on_their_way'], code };
};

describe('events verify', () => {
  it('finds nothing while the topic says what the database says, and does not mind what is on its way', async () => {
    const [told, untold, changing] = [aDidKey(), aDidKey(), aDidKey()];
    await see(told, ['NO_BOT']);
    await see(changing);
    await relay();
    await see(told);
    await relay();
    await see(changing, ['NO_BOT']);
    await postgres.query('insert into dids (connection_id, key) values ($1, $2)', [connectionId, untold]);
    // The first test: the topic has nothing of others.
    expect(await verify()).toEqual({ numbers: 3, onTheirWay: 1, missing: [], stale: [], extra: [], code: 0 });
  });

  it('names what is missing, stale and extra, and ends with 2', async () => {
    const [missing, stale, extra, flapping] = [aDidKey(), aDidKey(), aDidKey(), aDidKey()];
    await see(stale);
    await see(flapping);
    await relay();
    await see(stale, ['NO_BOT']);
    await see(missing);
    await relay({ lost: true });
    // While it flaps, its changes are not told.
    const told = { state: 'READY', issues: [], drift: null, advisories: [] };
    await postgres.query(`update dids set state = 'NO_BOT', issues = '["NO_BOT"]', flap = $2 where key = $1`, [
      flapping,
      JSON.stringify({ turns: [], flapping: { since: 1, until: 2, ids: {}, told } }),
    ]);
    const event = didEvent({ connectionId, key: extra, seq: 1, type: 'dialtone.readiness.changed.v1' });
    await publisher.publish([{ ...event, position: 1n, created_at: new Date() }]);
    const keyed = (key: DidKey): string => `${connectionId}/${key}`;
    expect(await verify()).toEqual({
      numbers: 3,
      onTheirWay: 0,
      missing: [keyed(missing)],
      stale: [keyed(stale)],
      extra: [keyed(extra)],
      code: 2,
    });
  });
});

describe('events replay', () => {
  const recordsOf = (topic: TopicName, count: number) =>
    readTopics({
      brokers: kafka.brokers,
      topics: [topic],
      wanted: ({ key }) => key?.startsWith(connectionId) === true,
      enough: (records) => records.length >= count,
    });

  it('counts first, and sends what it counted with the same ids, keys, data and a header that says so', async () => {
    const [key, later] = [aDidKey(), aDidKey()];
    await see(key, ['NO_BOT']);
    await see(key, ['NO_BOT', 'ROUTING_MISSING']);
    await see(key);
    await relay({ topic: DRIFT });
    await see(later, ['NO_BOT']);
    const range = ['--topic', DRIFT, '--from', LONG_AGO, '--rate', '1000'];
    const counted = { topic: DRIFT, events: 3, at_least_seconds: 1, publish: false };
    expect((await run('replay', ...range)).lines).toEqual([expect.objectContaining(counted)]);
    const told = await recordsOf(DRIFT, 3);
    const { lines, code } = await run('replay', ...range, '--publish');
    expect([lines[1], code]).toEqual([{ topic: DRIFT, replayed: 3, complete: true }, 0]);
    const all = await recordsOf(DRIFT, 6);
    expect(all.slice(3).map(({ key: recordKey, value }) => [recordKey, value])).toEqual(
      told.map(({ key: recordKey, value }) => [recordKey, value]),
    );
    for (const [nth, { headers }] of all.slice(3).entries()) {
      const { ce_replayedat: replayedAt, ...own } = headers;
      expect(own).toEqual(told[nth]?.headers);
      expect(Date.parse(replayedAt ?? '')).toBeGreaterThan(Date.now() - 600_000);
    }
  });

  it('takes only what was logged in a time', async () => {
    await see(aDidKey());
    await relay();
    const before = ['--from', LONG_AGO, '--to', '2020-01-02T00:00:00Z'];
    for (const range of [before, ['--from', '2999-01-01T00:00:00Z']])
      expect((await run('replay', '--topic', READINESS, ...range, '--publish')).lines).toEqual([
        expect.objectContaining({ events: 0, oldest: null }),
      ]);
  });

  it('repairs the compacted topic: the last event of each number, and never an older one of what is on its way', async () => {
    const [lost, changing] = [aDidKey(), aDidKey()];
    await see(changing);
    await relay();
    await see(lost);
    await see(lost, ['NO_BOT']);
    await relay({ lost: true });
    await see(changing, ['NO_BOT']);
    expect(await verify()).toMatchObject({ missing: [`${connectionId}/${lost}`], code: 2 });
    const { lines } = await run('replay', '--topic', READINESS, '--from', LONG_AGO, '--publish');
    expect(lines).toEqual([expect.objectContaining({ events: 1 }), { topic: READINESS, replayed: 1, complete: true }]);
    expect(await verify()).toMatchObject({ missing: [], stale: [] });
  });

  it.each([
    [['--topic', 'voicelink.reconcile-requests.v1', '--from', LONG_AGO], /is no topic of events/],
    [['--topic', DRIFT, '--from', 'yesterday'], /--from "yesterday" is no time/],
    [['--topic', DRIFT, '--from', LONG_AGO, '--to', '2020'], /--to "2020" is no time/],
    [['--topic', DRIFT, '--from', LONG_AGO, '--rate', '0'], /--rate "0" is no rate/],
    [['--topic', DRIFT, '--from', LONG_AGO, '--rate', '9999'], /--rate "9999" is no rate/],
  ])('refuses %j', async (args, refusal) => {
    await expect(run('replay', ...args)).rejects.toThrow(refusal);
  });
});

describe('a consumer that lost everything', () => {
  it('reads the compacted topic from its beginning, and ends with the verdicts of the database', async () => {
    const keys = Array.from({ length: 20 }, () => aDidKey());
    const verdicts: readonly (readonly Issue[])[] = [
      [],
      ['NO_BOT'],
      ['ROUTING_MISSING'],
      ['NO_BOT', 'ROUTING_MISSING'],
    ];
    for (const round of [0, 1, 2]) {
      for (const [nth, key] of keys.entries()) await see(key, verdicts[(nth * 3 + round) % verdicts.length]);
      await relay();
    }
    // At least once: older records come again behind newer ones.
    const early = await postgres.stores.events.read(0n, 30);
    await publisher.publish(early.filter(({ type }) => TOPIC_OF[type] === READINESS));

    const view = new Map<string, { readonly seq: number; readonly verdict: readonly string[] }>();
    const records = await readWhole(connectionId);
    for (const { headers, value } of records) {
      const parsed = parseEvent(headers, value);
      if (parsed.kind !== 'known' || parsed.event.type !== 'dialtone.readiness.changed.v1')
        throw new Error(parsed.kind);
      const { key, seq, state, issues } = parsed.event.data;
      if (seq > (view.get(key)?.seq ?? 0)) view.set(key, { seq, verdict: [state, ...issues] });
    }
    const stored = await postgres.query<{ key: string; state: string; issues: readonly string[] }>(
      'select key, state, issues from dids where connection_id = $1',
      [connectionId],
    );
    expect(stored).toHaveLength(keys.length);
    expect(new Map([...view].map(([key, { verdict }]) => [key, verdict]))).toEqual(
      new Map(stored.map(({ key, state, issues }) => [key, [state, ...issues]])),
    );
  });
});

/** All records of a connection that the compacted topic has. */
const readWhole = async (id: ConnectionId) => {
  let count = 0;
  await new KafkaTopicReader({ brokers: kafka.brokers, clientId: 'test-count' }, silentLogger).readAll(
    READINESS,
    (recordKey) => {
      if (recordKey.startsWith(id)) count += 1;
    },
  );
  return readTopics({
    brokers: kafka.brokers,
    topics: [READINESS],
    wanted: ({ key }) => key?.startsWith(id) === true,
    enough: (records) => records.length === count,
  });
};
