import { randomUUID } from 'node:crypto';
import { type AnyLoggedEvent, EVENT_EXAMPLES } from '@dialtone/contracts';
import { readTopics } from '@dialtone/messaging/testing';
import { NotifierWorld, until } from '../test/notifier-world';
import { NumberStories, recordOf, type SentRecord, seeded } from '../test/number-stories';

interface Body {
  readonly id: string;
  readonly title: string;
  readonly groups: readonly {
    readonly broken_count: number;
    readonly broken: readonly { readonly id: string }[];
    readonly ended: readonly { readonly id: string }[];
  }[];
}

const PLAIN = { name: 'plain', type: 'webhook', for: '0s', group_interval: '1s', max_shown: 20 };

const callRecord = (data: { readonly connection_id: string }): SentRecord => {
  const event = { event_id: randomUUID(), type: 'dialtone.call.changed.v1', connection_id: data.connection_id };
  return recordOf({ ...event, key: null, seq: null, data } as unknown as AnyLoggedEvent);
};

describe('the drift notifier', () => {
  let world: NotifierWorld;
  const bodies = (): readonly Body[] => world.receiver.received.map(({ body }) => JSON.parse(body) as Body);
  const webhook = (more: object): object => ({ ...PLAIN, url: world.receiver.url, ...more });

  beforeEach(async () => {
    world = await NotifierWorld.make();
  });
  afterEach(() => world.dispose());

  it('tells of a hundred numbers that break at once in one message, and of their repair in another', async () => {
    const stories = new NumberStories(100, seeded(1));
    const openNow = async (): Promise<number> => Object.keys(await world.openDrifts()).length;
    await world.start([webhook({ group_wait: '1h', group_interval: '1h' })]);
    await world.send(stories.breakAll());
    await until('all are broken', async () => (await openNow()) === 100);
    expect(bodies()).toEqual([]);
    await world.letPass('1 hour');
    await until('the first message', () => bodies().length === 1);
    await world.send(stories.repairAll());
    await until('none is broken', async () => (await openNow()) === 0);
    await world.letPass('1 hour');
    await until('the second message', () => bodies().length === 2);
    expect(bodies().map(({ title }) => title)).toEqual([
      `100 numbers broken on ${stories.connectionId}`,
      `100 numbers not broken any more on ${stories.connectionId}`,
    ]);
  });

  it('ends with the drifts of its source, and sends each message once, however it is stopped, rebalanced and fed', async () => {
    const random = seeded(20_261_130);
    const stories = new NumberStories(12, random);
    const sent: SentRecord[] = [];
    const poison: SentRecord[] = [];
    /** Steps of the story; between them records come again, late ones as well, and some that are no events. */
    const feed = async (steps: number): Promise<void> => {
      const batch: SentRecord[] = [];
      for (let step = 0; step < steps; step += 1) {
        const records = stories.step();
        batch.push(...records);
        sent.push(...records);
        const again = sent[Math.floor(random() * sent.length)];
        if (again !== undefined && random() < 0.4) batch.push(again);
        const [first] = records;
        if (first === undefined || random() > 0.2) continue;
        const broken = { ...first, value: first.value.slice(0, -1) };
        poison.push(broken);
        batch.push(broken, { ...first, headers: { ...first.headers, ce_type: 'dialtone.drift.detected.v2' } });
      }
      await world.send(batch);
    };
    const receivers = [webhook({ group_wait: '0s', group_interval: '0s' })];

    const first = await world.start(receivers);
    await feed(30);
    const second = await world.start(receivers);
    await feed(30);
    await world.stop(first);
    await feed(30);
    await world.stop(second);
    await feed(30);
    const third = await world.start(receivers);
    await until('the drifts are those of the source', async () => {
      const open = JSON.stringify(await world.openDrifts());
      return open === JSON.stringify(stories.open());
    });
    await until('all is told', async () => {
      const left = await world.rows(
        `select 1 from notifier.outbox where finished_at is null
          union all select 1 from notifier.notices where step <> 'told'`,
      );
      return left.length === 0;
    });
    // The last record of a partition may be poison.
    const letters = await readTopics({
      brokers: world.brokers,
      topics: [world.deadLetters],
      wanted: () => true,
      enough: (records) => new Set(records.map(({ value }) => String(value))).size >= poison.length,
    });
    await world.stop(third);

    expect(await world.openDrifts()).toEqual(stories.open());
    const ids = bodies().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const told = bodies().flatMap(({ groups }) => groups.flatMap(({ broken }) => broken.map(({ id }) => id)));
    expect(new Set(told).size).toBe(told.length);
    const ended = bodies().flatMap(({ groups }) => groups.flatMap(({ ended: list }) => list.map(({ id }) => id)));
    expect(new Set(ended).size).toBe(ended.length);
    const open = Object.values(stories.open()).map((id) => `drift:${id}`);
    expect(told.filter((id) => !ended.includes(id)).sort()).toEqual([...open].sort());
    // A rebalance between the letter and the commit may park a record twice.
    const parked = [...new Set(letters.map(({ value }) => String(value)))];
    expect(parked.sort()).toEqual(poison.map(({ value }) => value).sort());
    expect(String(letters[0]?.headers['dlq_reason'])).toBe('data expected JSON');
  });

  it('loses nothing while the database refuses writes, parks what it cannot store, and lets a receiver that is slow delay no other', async () => {
    const stories = new NumberStories(3, seeded(9));
    world.receiver.answer = ({ path }) => (path === '/slow' ? new Promise<number>(() => undefined) : 204);
    const slow = webhook({ name: 'slow', url: `${world.receiver.url}/slow`, timeout: '2s', group_wait: '0s' });
    const app = await world.start([slow, webhook({ name: 'quick', kinds: ['drift', 'call'], group_wait: '0s' })]);
    await world.send(stories.breakAll());
    const toldQuick = (): number => world.receiver.received.filter(({ path }) => path === '/').length;
    await until('the quick one is told', () => toldQuick() > 0);

    await world.database.setReadOnly(true);
    const call = EVENT_EXAMPLES['dialtone.call.changed.v1'];
    const failed = { ...call, connection_id: stories.connectionId, status: 'failed', previous_status: 'ringing' };
    const unstorable = { ...failed, call_id: randomUUID(), error_message: 'no \u0000 route' };
    await world.send([...stories.repairAll(), callRecord(unstorable), callRecord(failed)]);
    // A session that began meanwhile stays read-only.
    await until('a record waits', () => world.errors.some((error) => error.includes('read-only transaction')));
    expect(await world.openDrifts()).not.toEqual({});
    await world.database.setReadOnly(false);

    await until('none is broken', async () => Object.keys(await world.openDrifts()).length === 0);
    await until('the call is told', () => bodies().some(({ title }) => title.includes('1 call failed')));
    const [letter] = await readTopics({
      brokers: world.brokers,
      topics: [world.deadLetters],
      wanted: () => true,
      enough: (records) => records.length > 0,
    });
    expect(String(letter?.headers['dlq_reason'])).toMatch(/^cannot be stored: /);
    expect((await app.inject('/livez')).statusCode).toBe(200);
    await world.stop(app);
  });
});
