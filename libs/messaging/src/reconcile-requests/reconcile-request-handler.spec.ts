import { EVENT_EXAMPLES } from '@dialtone/contracts';
import type { Clock, ReconcileRequest } from '@dialtone/engine';
import { KafkaJSProtocolError } from 'kafkajs';
import type { DeadLetter } from './dead-letter';
import {
  type Delivery,
  ReconcileRequestHandler,
  type ReconcileRequestHandlerOptions,
  type RequestOutcome,
} from './reconcile-request-handler';

const EXAMPLE = EVENT_EXAMPLES['dialtone.reconcile.requested.v1'];
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

class FastClock implements Pick<Clock, 'now' | 'random' | 'sleep'> {
  private time = Date.UTC(2026, 10, 21);
  now = (): number => this.time;
  random = (): number => 0;
  sleep(ms: number): Promise<void> {
    this.time += ms;
    return new Promise((resolve) => setImmediate(resolve));
  }
}

const world = (overrides: Partial<ReconcileRequestHandlerOptions> = {}) => {
  const triggered: ReconcileRequest[] = [];
  const outcomes: RequestOutcome[] = [];
  const letters: DeadLetter[] = [];
  let heartbeats = 0;
  const handler = new ReconcileRequestHandler({
    trigger: {
      trigger: (request) => {
        triggered.push(request);
        return Promise.resolve(true);
      },
    },
    clock: new FastClock(),
    logger: silent,
    onOutcome: (outcome) => outcomes.push(outcome),
    ...overrides,
  });
  const delivery = (part: Partial<Delivery> = {}): Delivery => ({
    topic: 'voicelink.reconcile-requests.v1',
    partition: 2,
    offset: '41',
    key: Buffer.from('k'),
    value: Buffer.from(JSON.stringify(EXAMPLE)),
    headers: {},
    heartbeat: () => {
      heartbeats += 1;
      return Promise.resolve();
    },
    deadLetter: (letter) => {
      letters.push(letter);
      return Promise.resolve();
    },
    ...part,
  });
  return { handler, delivery, triggered, outcomes, letters, heartbeats: () => heartbeats };
};

describe('ReconcileRequestHandler', () => {
  it.each([
    { name: 'a DID', value: EXAMPLE, want: { connectionId: EXAMPLE.connection_id, key: EXAMPLE.key } },
    {
      name: 'a whole connection, with what a later version may add',
      value: { connection_id: EXAMPLE.connection_id.toUpperCase(), later: 1 },
      want: { connectionId: EXAMPLE.connection_id, key: null },
    },
  ])('makes $name due', async ({ value, want }) => {
    const { handler, delivery, triggered, outcomes, letters } = world();
    await handler.handle(delivery({ value: Buffer.from(JSON.stringify(value)) }));
    expect({ triggered, outcomes, letters }).toEqual({ triggered: [want], outcomes: ['triggered'], letters: [] });
  });

  it('ignores a request for what does not exist', async () => {
    const { handler, delivery, letters } = world({ trigger: { trigger: () => Promise.resolve(false) } });
    await expect(handler.handle(delivery())).resolves.toBe('unknown_target');
    expect(letters).toEqual([]);
  });

  it.each([
    { name: 'a tombstone', part: { value: null }, reason: /not a JSON object/ },
    { name: 'no JSON', part: { value: Buffer.from('{"connection_id":') }, reason: /not a JSON object/ },
    { name: 'no connection', part: { value: Buffer.from('{"key":"1"}') }, reason: /connection_id/ },
    {
      name: 'a key with a plus',
      part: { value: Buffer.from(JSON.stringify({ ...EXAMPLE, key: '+91' })) },
      reason: /value\/key must match pattern/,
    },
    {
      name: 'an event of another type',
      part: { headers: { ce_type: Buffer.from('dialtone.drift.detected.v1') } },
      reason: /ce_type is dialtone.drift.detected.v1/,
    },
  ])('puts $name aside as it came, with the reason', async ({ part, reason }) => {
    const { handler, delivery, triggered, outcomes, letters } = world();
    const received = delivery({ ...part, headers: { traceparent: Buffer.from([0, 255]), ...part.headers } });
    await handler.handle(received);
    expect({ triggered, outcomes }).toEqual({ triggered: [], outcomes: ['dead_lettered'] });
    expect(letters).toHaveLength(1);
    expect(letters[0]).toEqual({
      key: received.key,
      value: received.value,
      headers: {
        ...received.headers,
        dlq_reason: expect.stringMatching(reason) as string,
        dlq_topic: 'voicelink.reconcile-requests.v1',
        dlq_partition: '2',
        dlq_offset: '41',
        dlq_failed_at: '2026-11-21T00:00:00.000Z',
      },
    });
  });

  it('waits with its record while the store is away, with heartbeats, and dumps nothing', async () => {
    let attempts = 0;
    const { handler, delivery, letters, heartbeats } = world({
      trigger: { trigger: () => ((attempts += 1) < 50 ? Promise.reject(new Error('away')) : Promise.resolve(true)) },
    });
    await expect(handler.handle(delivery())).resolves.toBe('triggered');
    expect({ attempts, heartbeats: heartbeats(), letters }).toEqual({ attempts: 50, heartbeats: 49, letters: [] });
  });

  it('survives a group that rebalances meanwhile', async () => {
    let attempts = 0;
    const { handler, delivery } = world({
      trigger: { trigger: () => ((attempts += 1) < 3 ? Promise.reject(new Error('away')) : Promise.resolve(true)) },
    });
    const heartbeat = () => Promise.reject(new Error('rebalancing'));
    await expect(handler.handle(delivery({ heartbeat }))).resolves.toBe('triggered');
  });

  it('puts a record aside that still fails after a quarter of an hour', async () => {
    const clock = new FastClock();
    const started = clock.now();
    const { handler, delivery, letters } = world({
      clock,
      trigger: { trigger: () => Promise.reject(new Error('bug')) },
    });
    await expect(handler.handle(delivery())).resolves.toBe('dead_lettered');
    expect(letters[0]?.headers).toMatchObject({ dlq_reason: 'not triggered: bug' });
    expect(clock.now() - started).toBeGreaterThanOrEqual(15 * 60_000);
  });

  it('says why in a header that stays small, whatever the error says', async () => {
    const clock = new FastClock();
    const trigger = { trigger: () => Promise.reject(new Error('x'.repeat(100_000))) };
    const { handler, delivery, letters } = world({ clock, trigger });
    await expect(handler.handle(delivery())).resolves.toBe('dead_lettered');
    const reason = String(letters[0]?.headers['dlq_reason']);
    expect(reason).toMatch(/^not triggered: x+$/);
    expect(reason.length).toBeLessThanOrEqual(500);
  });

  it('does not repeat what would fail again: a trigger with refused data', async () => {
    let attempts = 0;
    const refused = (): Promise<never> => ((attempts += 1), Promise.reject(new Error('invalid')));
    const { handler, delivery, letters } = world({ trigger: { trigger: refused }, isFinal: () => true });
    await expect(handler.handle(delivery())).resolves.toBe('dead_lettered');
    expect([attempts, letters[0]?.headers['dlq_reason']]).toEqual([1, 'not triggered: invalid']);
  });

  it('does not repeat what would fail again: a dead letter that its topic refuses', async () => {
    let attempts = 0;
    const answer = { type: 'MESSAGE_TOO_LARGE', code: 10, retriable: false };
    const deadLetter = (): Promise<never> => (
      (attempts += 1),
      Promise.reject(new KafkaJSProtocolError(answer as never))
    );
    const { handler, delivery } = world();
    await expect(handler.handle(delivery({ value: null, deadLetter }))).resolves.toBe('lost');
    expect(attempts).toBe(1);
  });

  it('tells of a record of more than 4,096 bytes its key, its length and the hash of its value, and parses nothing', async () => {
    const value = Buffer.from(JSON.stringify({ ...EXAMPLE, reason: 'x'.repeat(4_096) }));
    const { handler, delivery, letters, triggered } = world();
    await handler.handle(delivery({ value, headers: { traceparent: Buffer.from('1') } }));
    expect([triggered, letters[0]?.key, letters[0]?.value]).toEqual([[], Buffer.from('k'), null]);
    const headers = letters[0]?.headers ?? {};
    expect(Object.keys(headers).filter((name) => !name.startsWith('dlq_'))).toEqual([]);
    const bytes = String(value.length + 1 + 'traceparent1'.length);
    expect(headers).toMatchObject({
      dlq_bytes: bytes,
      dlq_value_sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
  });

  it('survives a delivery that it does not expect', async () => {
    const { handler, delivery, outcomes } = world();
    await expect(handler.handle(delivery({ headers: null as never, value: 7 as never }))).resolves.toBe('lost');
    expect(outcomes).toEqual(['lost']);
  });

  it('lets go of its record when the process stops', async () => {
    const { handler, delivery, letters } = world({ trigger: { trigger: () => Promise.reject(new Error('away')) } });
    const handling = handler.handle(delivery());
    handler.beforeApplicationShutdown();
    await expect(handling).resolves.toBe('dropped');
    expect(letters).toEqual([]);
  });

  it('goes on when not even the dead-letter topic takes the record', async () => {
    const { handler, delivery } = world();
    const deadLetter = () => Promise.reject(new Error('no such topic'));
    await expect(handler.handle(delivery({ value: null, deadLetter }))).resolves.toBe('lost');
  });
});
