import { EVENT_EXAMPLES, type AnyLoggedEvent, type StoredEvent } from '@dialtone/contracts';
import { InMemoryEventLog, ManualClock } from '@dialtone/testing';
import { EventRelay, type EventRelayOptions } from './event-relay';

const TYPE = 'dialtone.drift.detected.v1';
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
type Refuses = (events: readonly StoredEvent[]) => string | null;

const logged = (count: number, type: string = TYPE): AnyLoggedEvent[] =>
  Array.from({ length: count }, (_, nth) => {
    const data = { ...EVENT_EXAMPLES[TYPE], seq: nth + 1 };
    const { connection_id, key, seq } = data;
    return { event_id: `${type} ${String(seq)}`, type, connection_id, key, seq, data } as AnyLoggedEvent;
  });

const world = (refuses: Refuses, options: Partial<EventRelayOptions> = {}) => {
  const clock = new ManualClock();
  const log = new InMemoryEventLog();
  const attempts: (readonly StoredEvent[])[] = [];
  const publish = (events: readonly StoredEvent[]): Promise<void> => {
    attempts.push(events);
    const why = refuses(events);
    return why === null ? Promise.resolve() : Promise.reject(new Error(why));
  };
  const publisher = { connected: true, publish, probe: () => Promise.resolve(), close: () => Promise.resolve() };
  const ports = { source: log, cursors: log, publisher, clock, logger: silent, isLeader: () => true };
  const relay = new EventRelay({ name: 'kafka', ...ports, backoff: { baseMs: 100, capMs: 100 }, ...options });
  const run = async (): Promise<void> => {
    relay.start();
    await clock.advance(5_000);
    await relay.stop();
  };
  return { log, attempts, relay, run };
};

describe('EventRelay with a destination that refuses', () => {
  it('a batch as a whole, sends its events alone, then half as many at once, and then ever more', async () => {
    const { log, attempts, run } = world((events) => (events.length > 4 ? 'too large' : null), { batchSize: 8 });
    log.append(...logged(20));
    await run();
    const alone = Array<number>(8).fill(1);
    expect(attempts.map(({ length }) => length)).toEqual([8, ...alone, 4, 8, ...alone]);
    await expect(log.get('kafka')).resolves.toBe(20n);
  });

  it('one event, repeats what arrives of its batch once and not with every try', async () => {
    const { log, attempts, relay, run } = world((events) => (events.some(({ seq }) => seq === 3) ? 'too large' : null));
    log.append(...logged(4));
    await run();
    const tried = attempts.map((events) => events.map(({ seq }) => seq));
    expect(tried.length).toBeGreaterThan(10);
    expect(tried).toEqual([[1, 2, 3, 4], [1], [2], ...Array<number[]>(tried.length - 3).fill([3])]);
    const waiting = { position: 2n, lastError: 'too large', oldestPendingAt: log.events[2]?.created_at };
    expect(relay.state()).toMatchObject(waiting);
  });

  it('an event of a type that it does not know stops before it, also among types that it passes over', async () => {
    const { log, attempts, relay, run } = world(() => 'unknown type', { span: 2, except: [TYPE] });
    log.append(...logged(5), ...logged(1, 'dialtone.later.v1'), ...logged(5));
    await run();
    expect(new Set(attempts.flat().map(({ type }) => type))).toEqual(new Set(['dialtone.later.v1']));
    expect(relay.state()).toMatchObject({ position: 5n, lastError: 'unknown type' });
  });

  it('nothing, passes over what is not its own in spans', async () => {
    const { log, attempts, relay, run } = world(() => null, { span: 2, except: [TYPE] });
    log.append(...logged(5));
    await run();
    expect([attempts, relay.state().position, relay.state().oldestPendingAt]).toEqual([[], 5n, null]);
  });
});
