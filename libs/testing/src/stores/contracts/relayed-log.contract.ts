import { EVENT_EXAMPLES, type AnyLoggedEvent, type OutboundEventType } from '@dialtone/contracts';
import type { BranchingCursors, EventLog } from '@dialtone/engine';

/** What a relay reads and remembers, on an empty log. */
export interface RelayedLogHarness {
  readonly log: Pick<EventLog, 'read' | 'readOn' | 'lastPosition'>;
  readonly cursors: BranchingCursors;
  /** Logs events, and gives them their positions. */
  append(events: readonly AnyLoggedEvent[]): Promise<void>;
}

const DRIFT = 'dialtone.drift.detected.v1';
const VERDICT = 'dialtone.readiness.changed.v1';
const WARNING = 'dialtone.warning.raised.v1';

const eventOf = (type: OutboundEventType): AnyLoggedEvent => {
  const data = EVENT_EXAMPLES[type];
  const connection_id = 'connection_id' in data ? data.connection_id : null;
  return { event_id: '', type, connection_id, key: null, seq: null, data } as AnyLoggedEvent;
};

/** The contract of the event log and its cursors as a relay uses them; every form of them passes the same tests. */
export const describeRelayedLog = (name: string, make: () => Promise<RelayedLogHarness>): void => {
  describe(`${name} as a relayed log`, () => {
    let harness: RelayedLogHarness;
    beforeEach(async () => {
      harness = await make();
    });
    describeParts(() => harness);
    describeStretches(() => harness);
    describeCursors(() => harness);
    describeBranches(() => harness);
  });
};

const describeParts = (harness: () => RelayedLogHarness): void => {
  it('reads all events after a position, or those of a part that are not excepted and not too late', async () => {
    const { log, append } = harness();
    expect(await log.lastPosition()).toBe(0n);
    await append([DRIFT, VERDICT, DRIFT, WARNING, VERDICT, DRIFT].map((type) => eventOf(type as OutboundEventType)));
    expect(await log.lastPosition()).toBe(6n);
    const read = async (...args: Parameters<EventLog['read']>) =>
      (await log.read(...args)).map(({ type, position }) => [type, position]);
    expect(await read(3n, 2)).toEqual([
      [WARNING, 4n],
      [VERDICT, 5n],
    ]);
    const part = { except: [VERDICT, WARNING], until: 6n };
    expect(await read(0n, 9, part)).toEqual([1n, 3n, 6n].map((position) => [DRIFT, position]));
    expect(await read(1n, 1, part)).toEqual([[DRIFT, 3n]]);
    expect(await read(1n, 9, { ...part, until: 5n })).toEqual([[DRIFT, 3n]]);
    expect(await read(3n, 9, { ...part, until: 5n })).toEqual([]);
    expect(await read(3n, 9, { except: [], until: 4n })).toEqual([[WARNING, 4n]]);
  });
};

const describeStretches = (harness: () => RelayedLogHarness): void => {
  it('reads on over a stretch, and says how far it looked and where the end is', async () => {
    const { log, append } = harness();
    const readOn = async (after: bigint, limit: number, span = 100, except: readonly string[] = [VERDICT]) => {
      const { events, until, end } = await log.readOn(after, limit, { except, span });
      return [events.map(({ position }) => position), until, end];
    };
    expect(await readOn(0n, 9)).toEqual([[], 0n, 0n]);
    await append([DRIFT, VERDICT, DRIFT, VERDICT, VERDICT].map((type) => eventOf(type as OutboundEventType)));
    expect(await readOn(0n, 9)).toEqual([[1n, 3n], 5n, 5n]);
    expect(await readOn(0n, 1)).toEqual([[1n], 1n, 5n]);
    expect(await readOn(1n, 1)).toEqual([[3n], 3n, 5n]);
    expect(await readOn(0n, 9, 2)).toEqual([[1n], 2n, 5n]);
    expect(await readOn(3n, 9, 1)).toEqual([[], 4n, 5n]);
    expect(await readOn(5n, 9)).toEqual([[], 5n, 5n]);
    expect(await readOn(3n, 9, 100, [])).toEqual([[4n, 5n], 5n, 5n]);
  });
};

const describeCursors = (harness: () => RelayedLogHarness): void => {
  it('moves a cursor only from where it is', async () => {
    const { cursors } = harness();
    expect(await cursors.get('kafka')).toBe(0n);
    expect(await cursors.advance('kafka', 5n, 9n)).toBe(false);
    expect(await cursors.advance('kafka', 0n, 4n)).toBe(true);
    expect(await cursors.advance('kafka', 0n, 9n)).toBe(false);
    expect([await cursors.get('kafka'), await cursors.get('sse')]).toEqual([4n, 0n]);
  });
};

const describeBranches = (harness: () => RelayedLogHarness): void => {
  const places = (names: readonly string[]) => Promise.all(names.map((name) => harness().cursors.get(name)));

  it('starts branches where the trunk is, or with it', async () => {
    const { cursors } = harness();
    await cursors.branch('new', ['a']);
    expect(await places(['new', 'new:a'])).toEqual([0n, 0n]);
    await cursors.advance('kafka', 0n, 7n);
    await cursors.branch('kafka', ['a', 'b']);
    expect(await places(['kafka', 'kafka:a', 'kafka:b', 'new:a'])).toEqual([7n, 7n, 7n, 0n]);
  });

  it('brings branches up to the trunk, and none back', async () => {
    const { cursors } = harness();
    await cursors.branch('kafka', ['a', 'b']);
    await cursors.advance('kafka:a', 0n, 9n);
    await cursors.advance('kafka', 0n, 4n);
    await cursors.branch('kafka', ['a', 'b', 'c']);
    expect(await places(['kafka', 'kafka:a', 'kafka:b', 'kafka:c'])).toEqual([4n, 9n, 4n, 4n]);
  });

  it('moves the trunk up to its last branch, also one that is not named, and never back', async () => {
    const { cursors } = harness();
    await cursors.follow('kafka');
    expect(await places(['kafka'])).toEqual([0n]);
    await cursors.branch('kafka', ['a', 'b']);
    await cursors.branch('kafkaesque', ['a']);
    await cursors.advance('kafka:a', 0n, 9n);
    await cursors.follow('kafka');
    expect(await places(['kafka'])).toEqual([0n]);
    await cursors.advance('kafka:b', 0n, 5n);
    await cursors.follow('kafka');
    expect(await places(['kafka', 'kafka:a', 'kafkaesque'])).toEqual([5n, 9n, 0n]);
    await cursors.advance('kafka', 5n, 6n);
    await cursors.follow('kafka');
    expect(await places(['kafka'])).toEqual([6n]);
  });
};
