import { parseEvent, type ReceivedEvent } from '@dialtone/contracts';
import { createTestDatabase, type TestDatabase } from '@dialtone/persistence/testing';
import { LoopbackServer } from '@dialtone/testing';
import type { DataSource } from 'typeorm';
import { NumberStories, seeded, type SentRecord } from '../test/number-stories';
import type { Incident } from './core/incident';
import { PlannerStore } from './plan/planner-store';
import { OutboxStore } from './send/outbox-store';
import { ReceiverSender, type SendOutcome } from './send/receiver-sender';
import { parseReceivers, type Receiver } from './settings/receivers';
import { createDataSource } from './store/data-source';
import { Database } from './store/database';
import { EventStore } from './store/event-store';
import { adoptReceivers } from './store/housekeeping';
import { migrate } from './store/migrate';
import { announce } from './store/notices';

const SCHEMA = 'drift_notifier';
const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

describe('planning and sending', () => {
  let test: TestDatabase;
  let source: DataSource;
  let database: Database;
  let server: LoopbackServer;
  let planner: PlannerStore;
  let outbox: OutboxStore;

  beforeAll(async () => {
    test = await createTestDatabase();
    source = createDataSource({ url: test.ownerUrl, schema: SCHEMA, poolSize: 6 });
    await source.initialize();
    await migrate(source, SCHEMA);
    database = new Database(source);
    planner = new PlannerStore(database);
    outbox = new OutboxStore(database);
  });
  beforeEach(async () => {
    server = await LoopbackServer.start();
  });
  afterEach(async () => {
    await server.stop();
    await source.query('truncate handled_events, numbers, incidents, groups, notices, outbox, receivers');
  });
  afterAll(async () => {
    await source.destroy();
    await test.drop();
  });

  const receiverOf = async (more: object = {}): Promise<Receiver> => {
    const fields = { name: 'ops', type: 'webhook', url: server.url, for: '0s', group_wait: '0s', group_interval: '0s' };
    const { receivers } = parseReceivers(JSON.stringify({ receivers: [{ ...fields, ...more }] }));
    const [receiver] = receivers;
    if (receiver === undefined) throw new Error('There is a receiver.');
    await adoptReceivers(database, receivers);
    return receiver;
  };
  const eventOf = (record: SentRecord): ReceivedEvent => {
    const parsed = parseEvent(record.headers, record.value);
    if (parsed.kind !== 'known') throw new Error(`It is ${parsed.kind}.`);
    return parsed.event;
  };
  const record = async (records: readonly SentRecord[], receiver: Receiver): Promise<void> => {
    const events = new EventStore(database, [receiver]);
    for (const one of records) await events.record(eventOf(one));
  };
  const outcomes: SendOutcome[] = [];
  const senderOf = (receiver: Receiver, over: Partial<OutboxStore> = {}): ReceiverSender =>
    new ReceiverSender(receiver, {
      outbox: {
        claim: (name, leaseMs) => outbox.claim(name, leaseMs),
        finish: (...note) => outbox.finish(...note),
        retryAfter: (...note) => outbox.retryAfter(...note),
        ...over,
      },
      context: () => Promise.resolve({ connectionName: () => 'Main', docsUrl: null }),
      log,
      onOutcome: (_, outcome) => outcomes.push(outcome),
      now: () => Date.now(),
      random: () => 0,
      stopping: AbortSignal.abort(),
    });
  const sendAll = async (sender: ReceiverSender): Promise<void> => {
    while (await sender.sendNext());
  };
  const titles = (): readonly string[] =>
    server.received.map(({ body }) => (JSON.parse(body) as { title: string }).title);
  const idsOf = (): readonly unknown[] => server.received.map(({ headers }) => headers['webhook-id']);

  it('sends each message once, however many replicas plan and send at a time', async () => {
    const receiver = await receiverOf({ group_by: ['code'] });
    const stories = new NumberStories(40, seeded(3));
    await record(stories.breakAll(), receiver);
    await Promise.all([1, 2, 3].map(() => planner.planFor(receiver)));
    const replicas = [1, 2, 3].map(() => senderOf(receiver));
    const messages = await source.query<unknown[]>('select 1 from outbox');
    while (server.received.length < messages.length) await Promise.all(replicas.map((replica) => sendAll(replica)));
    await Promise.all(replicas.map((replica) => sendAll(replica)));
    expect(messages.length).toBeGreaterThan(3);
    expect(new Set(idsOf()).size).toBe(messages.length);
    expect(server.received).toHaveLength(messages.length);
  });

  it('sends a message twice, with the same id, when a crash comes between the answer and the note of it, and only then', async () => {
    const receiver = await receiverOf();
    await record(new NumberStories(1, seeded(1)).breakAll(), receiver);
    await planner.planFor(receiver);
    const crashed = senderOf(receiver, {
      finish: () => Promise.reject(new Error('The process is gone.')),
    });
    await expect(crashed.sendNext()).rejects.toThrow('gone');
    const other = senderOf(receiver);
    // The lease of the crashed one stands.
    expect(await other.sendNext()).toBe(false);
    await source.query(`update outbox set lease_until = now()`);
    await sendAll(other);
    expect(idsOf()).toEqual([expect.any(String), idsOf()[0]]);
  });

  it('waits with the note while the database is away, and sends nothing again', async () => {
    const receiver = await receiverOf();
    await record(new NumberStories(1, seeded(1)).breakAll(), receiver);
    await planner.planFor(receiver);
    let failures = 2;
    const alive = new AbortController();
    const sender = new ReceiverSender(receiver, {
      outbox: {
        claim: (...how) => outbox.claim(...how),
        finish: (...note) => {
          failures -= 1;
          return failures >= 0 ? Promise.reject(new Error('away')) : outbox.finish(...note);
        },
        retryAfter: (...note) => outbox.retryAfter(...note),
      },
      context: () => Promise.resolve({ connectionName: () => 'Main', docsUrl: null }),
      log,
      onOutcome: (_, outcome) => outcomes.push(outcome),
      now: () => Date.now(),
      random: () => 0,
      stopping: alive.signal,
    });
    await sendAll(sender);
    expect(outcomes.at(-1)).toBe('sent');
    expect(server.received).toHaveLength(1);
  });

  it('tries a message again that is not taken, keeps the order, and gives up what is refused', async () => {
    const receiver = await receiverOf({ send_resolved: false });
    const stories = new NumberStories(2, seeded(5));
    await record(stories.step(), receiver);
    await planner.planFor(receiver);
    await record(stories.breakAll(), receiver);
    await planner.planFor(receiver);
    const sender = senderOf(receiver);
    const hurry = () => source.query(`update outbox set next_attempt_at = now()`);
    server.answer = () => 503;
    await sender.sendNext();
    expect(outcomes.at(-1)).toBe('retried');
    await source.query(`update outbox set next_attempt_at = now() + interval '1 hour' where attempts > 0`);
    await sendAll(sender);
    // Nothing overtakes it before its time.
    expect(server.received).toHaveLength(1);
    server.answer = () => 400;
    for (let attempt = 2; attempt <= 3; attempt += 1) {
      await hurry();
      await sender.sendNext();
    }
    expect(outcomes.at(-1)).toBe('given_up');
    server.answer = () => 204;
    await sendAll(sender);
    const [first] = idsOf();
    expect(idsOf()).toEqual([first, first, first, expect.not.stringMatching(String(first))]);
  });

  it('waits in quiet hours; one summary then has what is still so, of all groups', async () => {
    const quiet = { time_zone: 'UTC', windows: [{ days: ['monday'], from: '00:00', to: '23:59' }] };
    const receiver = await receiverOf({ group_by: ['code'], quiet_hours: quiet });
    const monday = Date.now();
    const day = new Date(monday).getUTCDay();
    const days = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;
    const at = (from: number, to: number): Receiver => ({
      ...receiver,
      rhythm: {
        ...receiver.rhythm,
        quietHours: { timeZone: 'UTC', windows: [{ days: [days[day] ?? 'monday'], from, to }] },
      },
    });
    const minute = Math.floor((monday % 86_400_000) / 60_000);
    // From an hour ago for two hours; at the edges of a day for as long as it has.
    const now = at(Math.max(0, minute - 60), Math.min(1_440, minute + 60));
    const stories = new NumberStories(12, seeded(8));
    await record(stories.breakAll(), now);
    await record(stories.step(), now);
    await record(stories.repairSome(5), now);
    expect(await planner.planFor(now)).toBe(0);
    expect(await source.query<unknown[]>('select 1 from groups where held')).not.toHaveLength(0);
    await record(stories.repairSome(2), now);
    await source.query('update groups set next_at = now()');
    const open = at((minute + 120) % 1_440, (minute + 121) % 1_440);
    expect(await planner.planFor(open)).toBe(1);
    await sendAll(senderOf(open));
    const [body] = server.received.map(
      (post) => JSON.parse(post.body) as { summary: boolean; groups: { broken: { id: string }[] }[] },
    );
    const told = body?.groups.flatMap(({ broken }) => broken.map(({ id }) => id));
    expect(body?.summary).toBe(true);
    expect(titles()[0]).toMatch(/^After quiet hours: /);
    expect(told?.sort()).toEqual(
      Object.values(stories.open())
        .map((id) => `drift:${id}`)
        .sort(),
    );
  });

  it('takes an event in once, and none that is older than what is known', async () => {
    const receiver = await receiverOf();
    const records = new NumberStories(1, seeded(1)).breakAll();
    const events = new EventStore(database, [receiver]);
    const outcomesOf: string[] = [];
    for (const one of [...records, ...records]) outcomesOf.push((await events.record(eventOf(one))).outcome);
    const [first] = records;
    if (first === undefined) throw new Error('There is a record.');
    const sentAgain = { ...first, headers: { ...first.headers, ce_id: '00000000-0000-4000-8000-000000000009' } };
    outcomesOf.push((await events.record(eventOf(sentAgain))).outcome);
    expect(outcomesOf).toEqual(['applied', 'applied', 'duplicate', 'duplicate', 'late']);
  });

  it('tells of calls that failed in one message, once, and of those of other ends only when that is asked for', async () => {
    const receiver = await receiverOf({ kinds: ['call'], call_statuses: ['failed', 'busy'] });
    const call = (id: number, status: string): Incident => ({
      id: `call:${String(id)}`,
      kind: 'call',
      partnerId: '0a9d6f5e-8d55-4f0b-8a34-6f7f5b0c9d21',
      connectionId: '5b0f6f0e-3a77-4c7f-9a0c-0f6f8f1f2a10',
      phoneNumber: '080 1122',
      codes: [status],
      detail: null,
      since: '2026-11-21T10:00:00.000Z',
      endedAt: '2026-11-21T10:00:00.000Z',
      endedAs: status,
    });
    const tell = (one: Incident) => database.transact((session) => announce(session, one, [receiver]));
    for (const one of [call(1, 'failed'), call(2, 'busy'), call(3, 'no_answer'), call(1, 'failed')]) await tell(one);
    await planner.planFor(receiver);
    await planner.planFor(receiver);
    await sendAll(senderOf(receiver));
    expect(titles()).toEqual(['2 calls failed on Main']);
  });

  it('lets a receiver that is new hear of what is broken, and forgets one that is gone', async () => {
    const first = await receiverOf();
    await record(new NumberStories(3, seeded(1)).breakAll(), first);
    const second = await receiverOf({ name: 'new' });
    expect(await planner.planFor(first)).toBe(0);
    await planner.planFor(second);
    await sendAll(senderOf(second));
    expect(titles()).toEqual(['3 numbers broken on Main']);
    expect(await source.query('select name from receivers')).toEqual([{ name: 'new' }]);
  });
});
