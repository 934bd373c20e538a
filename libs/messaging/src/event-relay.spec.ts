import { type OutgoingRecord } from './kafka-record';
import { didEvent, InMemoryEventBus } from '@dialtone/messaging/testing';
import { InMemoryEventLog } from '@dialtone/testing';
import { EventRelay, type EventRelayOptions } from './event-relay';
import type { MessagingClock, MessagingLogger } from './ports';

const CONNECTION = '5b0f6f0e-3a77-4c7f-9a0c-0f6f8f1f2a10';

/** Time passes only in `sleep`, which writes down how long; a turn of the event loop lets others work. */
class SleepyClock implements MessagingClock {
  readonly sleeps: number[] = [];
  now = (): number => this.sleeps.reduce((sum, ms) => sum + ms, 0);
  random = (): number => 0.5;
  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return;
    this.sleeps.push(ms);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

class Lines implements MessagingLogger {
  readonly lines: string[] = [];
  debug = (): void => undefined;
  info = (_: object, message: string): void => void this.lines.push(`info ${message}`);
  warn = (_: object, message: string): void => void this.lines.push(`warn ${message}`);
  error = (_: object, message: string): void => void this.lines.push(`error ${message}`);
}

const world = (overrides: Partial<EventRelayOptions> = {}) => {
  const log = new InMemoryEventLog();
  const bus = new InMemoryEventBus();
  const clock = new SleepyClock();
  const logger = new Lines();
  const options = { name: 'kafka', source: log, cursors: log, publisher: bus, clock, logger, hold: () => true };
  return { log, bus, clock, logger, relay: new EventRelay({ ...options, ...overrides }) };
};
const append = (log: InMemoryEventLog, count: number): void => {
  for (let n = 0; n < count; n += 1) {
    const seq = log.events.length + 1;
    log.append(didEvent({ connectionId: CONNECTION, key: `1555000${String(seq % 3)}`, seq }));
  }
};
const until = async (condition: () => boolean): Promise<void> => {
  for (let turn = 0; turn < 5_000; turn += 1) {
    if (condition()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error('it never came true');
};
const idsIn = (records: readonly OutgoingRecord[]) => records.map(({ headers }) => headers['ce_id']);
const idsOf = (log: InMemoryEventLog) => log.events.map(({ event_id }) => event_id);

describe('EventRelay', () => {
  it('delivers what is there and what comes, in order, in batches, and remembers where it is', async () => {
    const { log, bus, relay } = world({ batchSize: 4 });
    append(log, 10);
    relay.start();
    await until(() => bus.records.length === 10);
    append(log, 3);
    await until(() => relay.state().position === 13n);
    await relay.stop();
    expect(idsIn(bus.records)).toEqual(idsOf(log));
    await expect(log.get('kafka')).resolves.toBe(13n);
    expect(relay.state()).toMatchObject({ status: 'stopped', delivered: 13, oldestPendingAt: null, connected: false });
  });

  it('goes on after a restart where it was', async () => {
    const { log, bus, relay } = world();
    append(log, 3);
    relay.start();
    await until(() => relay.state().position === 3n);
    await relay.stop();
    append(log, 2);
    relay.start();
    await until(() => relay.state().position === 5n);
    await relay.stop();
    expect(idsIn(bus.records)).toEqual(idsOf(log));
  });

  it('keeps trying while the destination is away, ever more slowly, and loses nothing', async () => {
    const { log, bus, clock, logger, relay } = world({ backoffMs: { first: 100, longest: 1_000 } });
    bus.interrupt();
    append(log, 2);
    relay.start();
    await until(() => relay.state().failures >= 6);
    expect(relay.state()).toMatchObject({ status: 'backing_off', connected: false, lastError: 'the bus is away' });
    expect(relay.state().oldestPendingAt).toEqual(log.events[0]?.created_at);
    expect(clock.sleeps.slice(0, 6)).toEqual([75, 150, 300, 600, 750, 750]);
    bus.restore();
    await until(() => relay.state().position === 2n);
    await relay.stop();
    expect(idsIn(bus.records)).toEqual(idsOf(log));
    expect(relay.state()).toMatchObject({ failures: 0, lastError: null });
    expect(logger.lines).toHaveLength(2);
  });

  it('repeats a batch, with the same ids, whose acknowledgement was lost', async () => {
    const { log, bus, relay } = world();
    bus.loseAcknowledgements(2);
    append(log, 2);
    relay.start();
    await until(() => relay.state().position === 2n);
    await relay.stop();
    expect(idsIn(bus.records)).toEqual([...idsOf(log), ...idsOf(log), ...idsOf(log)]);
  });

  it('repeats a batch when it dies between the acknowledgement and the cursor', async () => {
    const { log, bus, relay } = world();
    append(log, 2);
    const advance = jest.spyOn(log, 'advance').mockRejectedValueOnce(new Error('the database is away'));
    relay.start();
    await until(() => relay.state().position === 2n);
    await relay.stop();
    expect(advance).toHaveBeenCalledTimes(2);
    expect(idsIn(bus.records)).toEqual([...idsOf(log), ...idsOf(log)]);
  });

  it('does nothing without the lease, and starts when it gets it', async () => {
    let held = false;
    const { log, bus, clock, relay } = world({ hold: () => held });
    append(log, 1);
    relay.start();
    await until(() => clock.sleeps.length >= 3);
    expect(relay.state().status).toBe('standby');
    expect(bus.records).toEqual([]);
    held = true;
    await until(() => bus.records.length === 1);
    await relay.stop();
  });

  it('goes on from the cursor when another relay moved it', async () => {
    const { log, bus, logger, relay } = world();
    append(log, 3);
    const publish = bus.publish.bind(bus);
    jest.spyOn(bus, 'publish').mockImplementationOnce(async (events) => {
      await publish(events);
      await log.advance('kafka', 0n, 2n);
    });
    relay.start();
    await until(() => relay.state().position === 3n);
    await relay.stop();
    const ids = idsOf(log);
    expect(idsIn(bus.records)).toEqual([...ids, ids[2]]);
    expect(logger.lines).toEqual([expect.stringContaining('Another relay moved the cursor')]);
  });

  it('looks at once when it is woken, also when that happens while it looks', async () => {
    const sleeping = Promise.withResolvers<undefined>();
    const clock = new SleepyClock();
    const { log, relay } = world({
      clock: {
        now: clock.now,
        random: clock.random,
        sleep: (_, signal) =>
          new Promise((resolve) => {
            sleeping.resolve(undefined);
            if (signal?.aborted === true) resolve();
            signal?.addEventListener('abort', () => {
              resolve();
            });
          }),
      },
    });
    const read = log.read.bind(log);
    jest.spyOn(log, 'read').mockImplementationOnce(async (after, limit) => {
      const nothing = await read(after, limit);
      append(log, 1);
      relay.wake();
      return nothing;
    });
    relay.start();
    await until(() => relay.state().position === 1n);
    await sleeping.promise;
    append(log, 1);
    relay.wake();
    await until(() => relay.state().position === 2n);
    await relay.stop();
    expect(relay.state().delivered).toBe(2);
  });

  it('stops although a batch hangs, by closing the publisher under it', async () => {
    const hanging = Promise.withResolvers<never>();
    const { log, relay } = world({
      publisher: {
        connected: true,
        publish: () => hanging.promise,
        close: () => {
          hanging.reject(new Error('closed'));
          return Promise.resolve();
        },
      },
    });
    append(log, 1);
    relay.start();
    await until(() => relay.state().oldestPendingAt !== null);
    await relay.stop();
    await expect(log.get('kafka')).resolves.toBe(0n);
    expect(relay.state()).toMatchObject({ status: 'stopped', lastError: 'closed' });
  });

  it('stops with the signal that it was started with', async () => {
    const { relay } = world();
    const abort = new AbortController();
    relay.start(abort.signal);
    expect(relay.state().status).not.toBe('stopped');
    abort.abort();
    await until(() => relay.state().status === 'stopped');
  });

  it('stands still before an event that cannot be sent, and says which', async () => {
    const { log, bus, relay } = world();
    const unknown = { ...didEvent({ connectionId: CONNECTION, key: '1', seq: 1 }), type: 'dialtone.later.v1' };
    log.append(unknown as unknown as ReturnType<typeof didEvent>);
    relay.start();
    await until(() => relay.state().failures > 2);
    await relay.stop();
    expect(bus.records).toEqual([]);
    expect(relay.state().lastError).toMatch(/unknown type: dialtone.later.v1/);
  });

  it('is inert without a publisher, and says so', async () => {
    const { log, logger, relay } = world({ publisher: null });
    append(log, 1);
    relay.start();
    relay.wake();
    await relay.stop();
    expect(relay.state()).toMatchObject({ status: 'no broker configured', connected: false });
    expect(logger.lines).toEqual(['info Events are logged but not relayed: no broker configured']);
  });
});
