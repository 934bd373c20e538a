import { EVENT_EXAMPLES, OUTBOUND_TOPICS, type AnyLoggedEvent, type StoredEvent } from '@dialtone/contracts';
import { TopicRelays, type EventPublisher, type Numbered } from '@dialtone/engine';
import { RELAY_CURSOR } from '@dialtone/messaging';
import { InMemoryEventLog, InMemoryWorld, ManualClock } from '@dialtone/testing';
import { recordedLog } from '../../test/recorded-log';
import { EventPump } from './event-pump';

const TTL = 9_000;
/** Between two looks of the sequencer, at least. */
const GAP = 2;
const POLL = 1_000;
const HEARD_POLL = 8_000;
const TYPE = 'dialtone.drift.detected.v1';

const eventOf = (seq: number): AnyLoggedEvent => {
  const data = { ...EVENT_EXAMPLES[TYPE], seq };
  const { connection_id, key } = data;
  return { event_id: `event ${String(seq)}`, type: TYPE, connection_id, key, seq, data };
};

/** One log, one lease store and one broker for any number of replicas. */
const cluster = () => {
  const clock = new ManualClock();
  const { leases } = new InMemoryWorld(clock);
  const committed: AnyLoggedEvent[] = [];
  const log = new InMemoryEventLog();
  const delivered: string[] = [];
  const askedBy: string[] = [];
  const database = { isAway: false };
  const commit = (count: number): void => {
    for (let nth = 0; nth < count; nth += 1) committed.push(eventOf(log.events.length + committed.length + 1));
  };
  const { logger, lines } = recordedLog();
  const replica = (owner: string): EventPump => {
    const publisher: EventPublisher = {
      connected: true,
      publish: (events: readonly StoredEvent[]) => {
        delivered.push(...events.map(({ position }) => `${owner} ${String(position)}`));
        return Promise.resolve();
      },
      probe: () => Promise.resolve(),
      close: () => Promise.resolve(),
    };
    const assignAndShow = (limit: number, shown: number): Promise<Numbered> => {
      if (database.isAway) return Promise.reject(new Error('the database is away'));
      askedBy.push(owner);
      const batch = committed.splice(0, limit);
      log.append(...batch);
      const events = batch.length > 0 && batch.length <= shown ? log.events.slice(-batch.length) : [];
      return Promise.resolve({ count: batch.length, events });
    };
    const assign = async (limit: number): Promise<number> => (await assignAndShow(limit, 0)).count;
    const source = { name: RELAY_CURSOR, source: log, cursors: log, publisherOf: () => publisher, clock, logger };
    const pump = new EventPump({
      leases,
      clock,
      owner,
      leaseTtlMs: TTL,
      sequencer: { assign, assignAndShow },
      sequencerPollMs: POLL,
      heardPollMs: HEARD_POLL,
      logger,
      // A poll that never comes: the relay looks when the sequencer wakes it.
      relays: (isLeader) => new TopicRelays({ ...source, isLeader, pollMs: 1e9 }),
    });
    pump.onApplicationBootstrap();
    return pump;
  };
  const stop = async (pump: EventPump): Promise<void> => {
    await pump.beforeApplicationShutdown();
  };
  /** What its writer gave positions. */
  const commitPositioned = (): void => {
    log.append(eventOf(log.events.length + 1));
  };
  return { clock, commit, commitPositioned, delivered, askedBy, database, lines, replica, stop };
};

describe('EventPump', () => {
  it.each(['logged', 'anything'] as const)(
    'numbers what was logged and delivers it at once, in order (%s)',
    async (reason) => {
      const { clock, commit, delivered, replica } = cluster();
      const pump = replica('one');
      await clock.advance(POLL);
      expect(pump.leads).toEqual({ sequencer: true, relay: true });
      await clock.advance(GAP);
      commit(3);
      pump.wake(reason);
      await clock.settle();
      expect(delivered).toEqual(['one 1', 'one 2', 'one 3']);
      await pump.beforeApplicationShutdown();
    },
  );

  it('delivers at once what was logged with its position, without a look of the sequencer', async () => {
    const { clock, commitPositioned, delivered, askedBy, replica } = cluster();
    const pump = replica('one');
    await clock.advance(POLL);
    await clock.advance(GAP);
    const looks = askedBy.length;
    commitPositioned();
    pump.wake('positioned');
    await clock.settle();
    expect(delivered).toEqual(['one 1']);
    expect(askedBy).toHaveLength(looks);
    await pump.beforeApplicationShutdown();
  });

  it('looks every poll interval when nothing wakes it', async () => {
    const { clock, commit, delivered, replica } = cluster();
    replica('one');
    await clock.advance(POLL);
    commit(1);
    await clock.advance(POLL - 1);
    expect(delivered).toEqual([]);
    await clock.advance(1);
    expect(delivered).toEqual(['one 1']);
  });

  describe('while it hears of each commit', () => {
    const hearing = async (whileHearing: (world: ReturnType<typeof cluster>, pump: EventPump) => Promise<void>) => {
      const world = cluster();
      const pump = world.replica('one');
      await world.clock.advance(POLL);
      pump.hears(true);
      await world.clock.advance(GAP);
      pump.wake('anything');
      await world.clock.advance(GAP);
      await whileHearing(world, pump);
      await pump.beforeApplicationShutdown();
    };

    it('looks rarely, and numbers within that time what no notification told of', () =>
      hearing(async ({ clock, commit, delivered, askedBy }) => {
        commit(1);
        const looks = askedBy.length;
        await clock.advance(HEARD_POLL - GAP - 1);
        expect([askedBy.length, delivered]).toEqual([looks, []]);
        await clock.advance(1);
        expect(delivered).toEqual(['one 1']);
      }));

    it('looks at once when it hears nothing any more, and often from then on', () =>
      hearing(async ({ clock, commit, delivered }, pump) => {
        commit(1);
        pump.hears(false);
        await clock.advance(GAP);
        expect(delivered).toEqual(['one 1']);
        commit(1);
        await clock.advance(POLL);
        expect(delivered).toEqual(['one 1', 'one 2']);
      }));

    it('tries again soon what failed', () =>
      hearing(async ({ clock, commit, delivered, database }, pump) => {
        database.isAway = true;
        commit(1);
        pump.wake('anything');
        await clock.advance(GAP);
        database.isAway = false;
        await clock.advance(POLL);
        expect(delivered).toEqual(['one 1']);
      }));
  });

  it('looks often before it leads, whatever it hears', async () => {
    const { clock, commit, delivered, replica, stop } = cluster();
    const one = replica('one');
    await clock.advance(POLL);
    const two = replica('two');
    two.hears(true);
    await clock.advance(POLL);
    await stop(one);
    commit(1);
    await clock.advance(TTL / 3 + POLL);
    two.relays.wake();
    await clock.settle();
    expect(delivered).toEqual(['two 1']);
    await stop(two);
  });

  it('works in one replica at a time', async () => {
    const { clock, commit, delivered, askedBy, replica } = cluster();
    const pumps = [replica('one'), replica('two')];
    for (let round = 0; round < 10; round += 1) {
      commit(2);
      await clock.advance(POLL);
    }
    expect(pumps.map(({ leads }) => leads)).toEqual([
      { sequencer: true, relay: true },
      { sequencer: false, relay: false },
    ]);
    expect(new Set(askedBy)).toEqual(new Set(['one']));
    expect(delivered).toEqual(Array.from({ length: 20 }, (_, nth) => `one ${String(nth + 1)}`));
  });

  it('hands over when the leader stops, and loses and repeats nothing', async () => {
    const { clock, commit, delivered, replica, stop } = cluster();
    const one = replica('one');
    await clock.advance(POLL);
    const two = replica('two');
    commit(1);
    await clock.advance(POLL);
    await stop(one);
    expect(one.leads).toEqual({ sequencer: false, relay: false });
    expect([...one.relays.state().topics.values()].map(({ status }) => status)).toEqual(
      Array(OUTBOUND_TOPICS.length).fill('stopped'),
    );
    commit(1);
    await clock.advance(TTL / 3 + POLL);
    expect(two.leads).toEqual({ sequencer: true, relay: true });
    two.relays.wake();
    await clock.settle();
    expect(delivered).toEqual(['one 1', 'two 2']);
    await stop(two);
    expect(clock.nextWakeAt()).toBeNull();
  });

  it('tells that events could not be numbered, and tries again', async () => {
    const { clock, commit, delivered, database, lines, replica } = cluster();
    replica('one');
    database.isAway = true;
    commit(1);
    await clock.advance(POLL);
    const told = { level: 'warn', msg: 'Events could not be numbered; trying again' };
    expect(lines).toMatchObject([{ ...told, err: { message: 'the database is away' } }]);
    database.isAway = false;
    await clock.advance(POLL);
    expect(delivered).toEqual(['one 1']);
  });
});
