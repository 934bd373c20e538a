import { EVENT_EXAMPLES, type AnyLoggedEvent, type StoredEvent } from '@dialtone/contracts';
import { InMemoryEventLog, ManualClock } from '@dialtone/testing';
import type { EventPublisher } from '../ports/event-publisher';
import type { Log } from '../ports/log';
import { EventRelay, type EventRelayOptions } from './event-relay';

const CONNECTION = '5b0f6f0e-3a77-4c7f-9a0c-0f6f8f1f2a10';
const TYPE = 'dialtone.drift.detected.v1';
const POLL = 1_000;

class EvenClock extends ManualClock {
  override random(): number {
    return 0.5;
  }
}

class Lines implements Log {
  readonly lines: string[] = [];
  debug = (): void => undefined;
  info = (_: object, message: string): void => void this.lines.push(`info ${message}`);
  warn = (_: object, message: string): void => void this.lines.push(`warn ${message}`);
  error = (_: object, message: string): void => void this.lines.push(`error ${message}`);
}

/** A destination whose faults the test chooses. */
class Destination implements EventPublisher {
  readonly arrived: StoredEvent[] = [];
  readonly attemptedAt: number[] = [];
  readonly probedAt: number[] = [];
  connected = false;
  /** What the next attempts do before they are acknowledged. */
  readonly faults: (() => Promise<void>)[] = [];
  isAway = false;

  constructor(private readonly clock: ManualClock) {}

  async publish(events: readonly StoredEvent[]): Promise<void> {
    this.attemptedAt.push(this.clock.now());
    this.connected = !this.isAway;
    if (this.isAway) throw new Error('the bus is away');
    this.arrived.push(...events);
    await this.faults.shift()?.();
  }

  probe(): Promise<void> {
    this.probedAt.push(this.clock.now());
    this.connected = !this.isAway;
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.connected = false;
    return Promise.resolve();
  }
}

const world = (overrides: Partial<EventRelayOptions> = {}) => {
  const clock = new EvenClock();
  const log = new InMemoryEventLog();
  const bus = new Destination(clock);
  const logger = new Lines();
  const options = { name: 'kafka', source: log, cursors: log, publisher: bus, clock, logger, isLeader: () => true };
  return { log, bus, clock, logger, relay: new EventRelay({ ...options, pollMs: POLL, ...overrides }) };
};
const append = (log: InMemoryEventLog, count: number): void => {
  for (let n = 0; n < count; n += 1) {
    const seq = log.events.length + 1;
    const key = `1555000${String(seq % 3)}`;
    const data = { ...EVENT_EXAMPLES[TYPE], connection_id: CONNECTION, key, phone_number: `+${key}`, seq };
    const event: AnyLoggedEvent = {
      event_id: `event ${String(seq)}`,
      type: TYPE,
      connection_id: CONNECTION,
      key,
      seq,
      data,
    };
    log.append(event);
  }
};
const idsOf = (events: readonly StoredEvent[]) => events.map(({ event_id }) => event_id);

describe('EventRelay', () => {
  it('delivers what is there and what comes, in order, in batches, and remembers where it is', async () => {
    const { log, bus, clock, relay } = world({ batchSize: 4 });
    append(log, 10);
    relay.start();
    await clock.settle();
    expect([bus.arrived.length, bus.attemptedAt.length]).toEqual([10, 3]);
    append(log, 3);
    await clock.advance(POLL);
    await relay.stop();
    expect(idsOf(bus.arrived)).toEqual(idsOf(log.events));
    await expect(log.get('kafka')).resolves.toBe(13n);
    const state = { status: 'stopped', delivered: 13, position: 13n, oldestPendingAt: null, connected: false };
    expect(relay.state()).toMatchObject(state);
    expect(clock.nextWakeAt()).toBeNull();
  });

  it('goes on after a restart where it was', async () => {
    const { log, bus, clock, relay } = world();
    append(log, 3);
    relay.start();
    await clock.settle();
    await relay.stop();
    append(log, 2);
    relay.start();
    await clock.settle();
    await relay.stop();
    expect(relay.state().position).toBe(5n);
    expect(idsOf(bus.arrived)).toEqual(idsOf(log.events));
  });

  it('keeps trying while the destination is away, ever more slowly, and loses nothing', async () => {
    const { log, bus, clock, logger, relay } = world({ backoff: { baseMs: 100, capMs: 1_000 } });
    bus.isAway = true;
    append(log, 2);
    const startedAt = clock.now();
    relay.start();
    await clock.advance(2_700);
    expect(relay.state()).toMatchObject({ status: 'backing_off', connected: false, lastError: 'the bus is away' });
    expect(relay.state().oldestPendingAt).toEqual(log.events[0]?.created_at);
    const waits = bus.attemptedAt.map((at, nth) => at - (bus.attemptedAt[nth - 1] ?? startedAt));
    expect(waits).toEqual([0, 75, 150, 300, 600, 750, 750]);
    bus.isAway = false;
    await clock.advance(1_000);
    await relay.stop();
    expect(idsOf(bus.arrived)).toEqual(idsOf(log.events));
    expect(relay.state()).toMatchObject({ failures: 0, lastError: null });
    expect(logger.lines).toHaveLength(2);
  });

  it('does not let a wake shorten a back-off', async () => {
    const { log, bus, clock, relay } = world({ backoff: { baseMs: 1_000, capMs: 1_000 } });
    bus.isAway = true;
    append(log, 1);
    relay.start();
    await clock.advance(100);
    relay.wake();
    await clock.advance(600);
    expect(bus.attemptedAt).toHaveLength(1);
    await clock.advance(50);
    expect(bus.attemptedAt).toHaveLength(2);
  });

  it('repeats a batch, with the same ids, whose acknowledgement was lost', async () => {
    const { log, bus, clock, relay } = world();
    const lost = (): Promise<void> => Promise.reject(new Error('the acknowledgement was lost'));
    bus.faults.push(lost, lost);
    append(log, 2);
    relay.start();
    await clock.advance(POLL);
    await relay.stop();
    const ids = idsOf(log.events);
    // The whole batch, then one event at a time.
    expect(idsOf(bus.arrived)).toEqual([...ids, ids[0], ...ids]);
  });

  it('repeats a batch when it dies between the acknowledgement and the cursor', async () => {
    const { log, bus, clock, relay } = world();
    append(log, 2);
    const advance = jest.spyOn(log, 'advance').mockRejectedValueOnce(new Error('the database is away'));
    relay.start();
    await clock.advance(POLL);
    await relay.stop();
    expect(advance).toHaveBeenCalledTimes(2);
    expect(idsOf(bus.arrived)).toEqual([...idsOf(log.events), ...idsOf(log.events)]);
  });

  it('does nothing without the lease, and starts when it gets it', async () => {
    let isLeader = false;
    const { log, bus, clock, relay } = world({ isLeader: () => isLeader });
    append(log, 1);
    relay.start();
    await clock.advance(3 * POLL);
    expect(relay.state().status).toBe('standby');
    expect(bus.arrived).toEqual([]);
    isLeader = true;
    await clock.advance(POLL);
    expect(bus.arrived).toHaveLength(1);
    await relay.stop();
  });

  it('leaves what failed to the leader once it does not lead any more', async () => {
    let isLeader = true;
    const { log, bus, clock, relay } = world({ isLeader: () => isLeader });
    bus.isAway = true;
    append(log, 1);
    relay.start();
    await clock.settle();
    expect(relay.state()).toMatchObject({ status: 'backing_off', failures: 1 });
    isLeader = false;
    await clock.advance(POLL);
    const nothing = { status: 'standby', failures: 0, lastError: null, oldestPendingAt: null };
    expect(relay.state()).toMatchObject(nothing);
    await relay.stop();
  });

  it('goes on from the cursor when another relay moved it', async () => {
    const { log, bus, clock, logger, relay } = world();
    append(log, 3);
    bus.faults.push(async () => {
      await log.advance('kafka', 0n, 2n);
    });
    relay.start();
    await clock.settle();
    await relay.stop();
    expect(relay.state().position).toBe(3n);
    const ids = idsOf(log.events);
    expect(idsOf(bus.arrived)).toEqual([...ids, ids[2]]);
    expect(logger.lines).toEqual([expect.stringContaining('Another relay moved the cursor')]);
  });

  it('looks at once when it is woken, also when that happens while it looks', async () => {
    const { log, clock, relay } = world();
    jest.spyOn(log, 'readOn').mockImplementationOnce(() => {
      append(log, 1);
      relay.wake();
      return Promise.resolve({ events: [], until: 0n, end: 0n });
    });
    relay.start();
    await clock.settle();
    expect(relay.state().position).toBe(1n);
    append(log, 1);
    relay.wake();
    await clock.settle();
    expect(relay.state().position).toBe(2n);
    await relay.stop();
    expect(relay.state().delivered).toBe(2);
  });

  it('stops although a batch hangs, by closing the publisher under it after a grace', async () => {
    const hanging = Promise.withResolvers<never>();
    const close = jest.fn(() => {
      hanging.reject(new Error('closed'));
      return Promise.resolve();
    });
    const { log, clock, relay } = world({
      publisher: { connected: true, publish: () => hanging.promise, probe: close, close },
      stopGraceMs: 3_000,
    });
    append(log, 1);
    relay.start();
    await clock.settle();
    const stopped = relay.stop();
    await clock.advance(2_999);
    expect(close).not.toHaveBeenCalled();
    await clock.advance(1);
    await stopped;
    await expect(log.get('kafka')).resolves.toBe(0n);
    expect(relay.state()).toMatchObject({ status: 'stopped', lastError: 'closed' });
  });

  it('stops with the signal that it was started with', async () => {
    const { clock, relay } = world();
    const abort = new AbortController();
    relay.start(abort.signal);
    expect(relay.state().status).not.toBe('stopped');
    abort.abort();
    await clock.settle();
    expect(relay.state().status).toBe('stopped');
  });

  it('stands still before an event that cannot be sent, and says which', async () => {
    const { log, bus, clock, relay } = world();
    append(log, 2);
    const refuse = (): Promise<never> => Promise.reject(new Error('unknown type: dialtone.later.v1'));
    jest.spyOn(bus, 'publish').mockImplementation(refuse);
    relay.start();
    await clock.advance(5_000);
    expect(relay.state().failures).toBeGreaterThan(2);
    await relay.stop();
    await expect(log.get('kafka')).resolves.toBe(0n);
    expect(relay.state().lastError).toMatch(/unknown type: dialtone.later.v1/);
  });
});
