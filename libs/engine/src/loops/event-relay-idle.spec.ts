import { EVENT_EXAMPLES } from '@dialtone/contracts';
import { InMemoryEventLog, ManualClock } from '@dialtone/testing';
import { EventRelay } from './event-relay';

const TYPE = 'dialtone.drift.detected.v1';
const POLL = 1_000;
const PROBE = 15_000;

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** A relay of an empty log, and a destination that the test takes away. */
const world = () => {
  const clock = new ManualClock();
  const log = new InMemoryEventLog();
  const bus = { isAway: false, isConnected: false, probedAt: [] as number[] };
  const leader = { isLeader: true };
  const answer = (): void => void (bus.isConnected = !bus.isAway);
  const startedAt = clock.now();
  const publisher = {
    get connected() {
      return bus.isConnected;
    },
    publish: () => {
      answer();
      return bus.isAway ? Promise.reject(new Error('the bus is away')) : Promise.resolve();
    },
    probe: () => {
      bus.probedAt.push(clock.now() - startedAt);
      answer();
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
  const isLeader = (): boolean => leader.isLeader;
  const ports = { source: log, cursors: log, publisher, clock, logger: silent, isLeader };
  const relay = new EventRelay({ name: 'kafka', ...ports, pollMs: POLL, probeMs: PROBE });
  const append = (): void => {
    const data = EVENT_EXAMPLES[TYPE];
    const { connection_id, key, seq } = data;
    log.append({ event_id: 'event', type: TYPE, connection_id, key, seq, data });
  };
  relay.start();
  return { clock, bus, leader, relay, append };
};

describe('an EventRelay with nothing to send', () => {
  it('is connected before the first event', async () => {
    const { clock, relay } = world();
    await clock.settle();
    expect(relay.state()).toMatchObject({ status: 'running', connected: true, delivered: 0 });
    await relay.stop();
  });

  it('sees an outage and its end although no event meets them, and calls neither a failure', async () => {
    const { clock, bus, relay } = world();
    await clock.settle();
    bus.isAway = true;
    await clock.advance(PROBE);
    expect(relay.state()).toMatchObject({ status: 'running', connected: false, failures: 0, lastError: null });
    bus.isAway = false;
    await clock.advance(PROBE);
    expect(relay.state()).toMatchObject({ connected: true, delivered: 0 });
    await relay.stop();
  });

  it('asks once in an interval, however often it is woken, and not soon after a delivery', async () => {
    const { clock, bus, relay, append } = world();
    for (let second = 0; second < 40; second += 1) {
      relay.wake();
      await clock.advance(POLL);
    }
    append();
    await clock.advance(PROBE);
    expect(bus.probedAt).toEqual([0, PROBE, 2 * PROBE]);
    await relay.stop();
  });

  it('leaves the question to the leader, and asks at once when it becomes the leader', async () => {
    const { clock, bus, leader, relay } = world();
    await clock.settle();
    leader.isLeader = false;
    await clock.advance(2 * PROBE);
    leader.isLeader = true;
    await clock.advance(POLL);
    leader.isLeader = false;
    await clock.advance(POLL);
    leader.isLeader = true;
    await clock.advance(POLL);
    expect(bus.probedAt).toEqual([0, 2 * PROBE + POLL, 2 * PROBE + 3 * POLL]);
    await relay.stop();
  });
});
