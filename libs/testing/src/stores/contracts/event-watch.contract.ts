import { EVENT_EXAMPLES, type AnyLoggedEvent } from '@dialtone/contracts';
import type { EventWatch } from '@dialtone/engine';

/** What is followed, on an empty log. */
export interface EventWatchHarness {
  readonly watch: EventWatch;
  /** Logs events, and gives them their positions. */
  append(events: readonly AnyLoggedEvent[]): Promise<void>;
  /** Deletes so many of the oldest events. */
  pruneOldest(count: number): Promise<void>;
}

const TYPE = 'dialtone.warning.raised.v1';
const OWN = EVENT_EXAMPLES[TYPE].partner_id;
const OTHER = '10000000-0000-4000-8000-000000000002';

const eventsOf = (...partners: readonly string[]): readonly AnyLoggedEvent[] =>
  partners.map((partner_id) => {
    const data = { ...EVENT_EXAMPLES[TYPE], partner_id };
    return { event_id: '', type: TYPE, connection_id: data.connection_id, key: null, seq: null, data };
  });

/** The contract of EventWatch; every form of it passes the same tests. */
export const describeEventWatch = (name: string, make: () => Promise<EventWatchHarness>): void => {
  describe(`${name} as a watched log`, () => {
    let harness: EventWatchHarness;
    beforeEach(async () => {
      harness = await make();
    });
    const read = async (asked: Parameters<EventWatch['read']>[0]) => {
      const { events, ...marks } = await harness.watch.read(asked);
      return [events.map(({ position }) => position), marks];
    };

    it('is empty at first', async () => {
      expect(await read({ after: 0n, limit: 5 })).toEqual([[], { until: 0n, end: 0n, prunedTo: 0n }]);
    });

    it("reads all events or one partner's, and says how far it looked", async () => {
      await harness.append(eventsOf(OWN, OTHER, OWN, OTHER));
      const marks = { end: 4n, prunedTo: 0n };
      expect(await read({ after: 0n, limit: 3 })).toEqual([[1n, 2n, 3n], { ...marks, until: 3n }]);
      expect(await read({ after: 1n, limit: 9 })).toEqual([[2n, 3n, 4n], { ...marks, until: 4n }]);
      expect(await read({ partnerId: OWN, after: 0n, limit: 1 })).toEqual([[1n], { ...marks, until: 1n }]);
      // The one that follows is another partner's: it was looked at all the same.
      expect(await read({ partnerId: OWN, after: 1n, limit: 5 })).toEqual([[3n], { ...marks, until: 4n }]);
      const [first] = (await harness.watch.read({ partnerId: OTHER, after: 0n, limit: 1 })).events;
      expect(first).toMatchObject({ partner_id: OTHER, type: TYPE, declared: null });
    });

    it('remembers the last position that was deleted, also when nothing is left', async () => {
      await harness.append(eventsOf(OWN, OTHER, OWN));
      await harness.pruneOldest(2);
      expect(await read({ after: 0n, limit: 9 })).toEqual([[3n], { until: 3n, end: 3n, prunedTo: 2n }]);
      await harness.pruneOldest(1);
      expect(await read({ after: 3n, limit: 9 })).toEqual([[], { until: 3n, end: 3n, prunedTo: 3n }]);
      await harness.append(eventsOf(OWN));
      expect(await read({ after: 3n, limit: 9 })).toEqual([[4n], { until: 4n, end: 4n, prunedTo: 3n }]);
    });
  });
};
