import { EVENT_EXAMPLES, type AnyLoggedEvent, type StoredEvent } from '@dialtone/contracts';
import { InMemoryEventLog, ManualClock } from '@dialtone/testing';
import { EventRelay } from './event-relay';

const TYPE = 'dialtone.drift.detected.v1';
const QUIET = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
/** Longer than the test: only a wake makes the relay look. */
const NEVER = 1e9;

const eventOf = (nth: number): AnyLoggedEvent => ({
  event_id: `event ${String(nth)}`,
  type: TYPE,
  connection_id: EVENT_EXAMPLES[TYPE].connection_id,
  key: '15550000001',
  seq: nth,
  data: { ...EVENT_EXAMPLES[TYPE], seq: nth },
});

describe('EventRelay, of what is logged while a batch is on its way', () => {
  /** What is logged `nthPublish` batches later, by which time the next page has been read. */
  const relayed = async (logged: number, later: ReadonlyMap<number, number>): Promise<readonly bigint[]> => {
    const clock = new ManualClock();
    const log = new InMemoryEventLog();
    log.append(...Array.from({ length: logged }, (_, nth) => eventOf(nth + 1)));
    const arrived: bigint[] = [];
    let batches = 0;
    const publish = async (events: readonly StoredEvent[]): Promise<void> => {
      await clock.sleep(1);
      const more = later.get((batches += 1)) ?? 0;
      if (more > 0) {
        log.append(...Array.from({ length: more }, (_, nth) => eventOf(log.events.length + nth + 1)));
        relay.wake();
      }
      await clock.sleep(1);
      arrived.push(...events.map(({ position }) => position));
    };
    const publisher = { connected: true, publish, probe: () => Promise.resolve(), close: () => Promise.resolve() };
    const ports = { source: log, cursors: log, publisher, clock, logger: QUIET, isLeader: () => true };
    const relay = new EventRelay({ name: 'test', ...ports, batchSize: 2, pollMs: NEVER });
    relay.start();
    await clock.advance(1_000);
    await relay.stop();
    return arrived;
  };
  const upTo = (last: number): readonly bigint[] => Array.from({ length: last }, (_, nth) => BigInt(nth + 1));

  it('does not wait for the poll when the page that it has read ahead lacks it', async () => {
    expect(await relayed(3, new Map([[1, 1]]))).toEqual(upTo(4));
  });

  it('finds it in whichever batch it comes', async () => {
    for (let batch = 1; batch <= 4; batch += 1) expect(await relayed(7, new Map([[batch, 1]]))).toEqual(upTo(8));
    expect(await relayed(4, new Map([1, 2, 3, 4].map((batch) => [batch, 1])))).toEqual(upTo(8));
  });
});
