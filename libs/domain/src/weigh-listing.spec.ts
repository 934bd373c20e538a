import { aBot, deepFreeze } from '@dialtone/testing';
import type { ConnectionId } from './ids';
import {
  confirmedRows,
  lossesOf,
  marksOf,
  REMEMBERED_SECTIONS,
  vanishedReason,
  type ListMemory,
  type LossLimits,
  type RememberedSection,
} from './list-memory';
import type { SetAsideRow } from './set-aside';
import { weighListing, type Owners, type Weighed } from './weigh-listing';

const MINUTE = 60_000;
const [MAIN, OTHER] = ['main', 'other'] as unknown as readonly [ConnectionId, ConnectionId];
const LIMITS: LossLimits = { percent: 10, believedAfterMs: 5 * MINUTE, guard: { minimum: 10, percent: 1 } };

const rows = (count: number, from = 0): readonly string[] =>
  Array.from({ length: count }, (_, nth) => String(from + nth));

interface Step {
  readonly at: number;
  readonly listed: readonly string[];
  readonly anonymous?: number;
  readonly owners?: Owners | null;
  /** The connection's writes are held, as they were before the list was requested. */
  readonly held?: boolean;
  /** The connection that can be asked. */
  readonly on?: ConnectionId;
}

interface Given {
  readonly section?: RememberedSection;
  readonly limits?: LossLimits;
}

const weigh = (
  memory: ListMemory | null,
  { at, listed, anonymous = 0, owners = null, held = true, on = MAIN }: Step,
  given: Required<Given>,
): Weighed => {
  const connections = [{ connectionId: on, writesHeld: held ? 'held' : null }];
  const confirmed = confirmedRows(memory, connections);
  const context = { ...given, at, now: at, confirmed, owners, connections };
  return weighListing(deepFreeze(memory), deepFreeze({ rows: listed, anonymous, clients: {} }), context);
};

/** Lists one after the other, each weighed by what was remembered of the ones before; a question holds the writes. */
const after = (steps: readonly Step[], { section = 'dids', limits = LIMITS }: Given = {}): Weighed => {
  let memory: ListMemory | null = null;
  let weighed: Weighed | null = null;
  for (const step of steps) {
    weighed = weigh(memory, step, { section, limits });
    memory = weighed.question?.asked ?? weighed.memory;
  }
  if (weighed === null) throw new Error('no list');
  return weighed;
};

const suspectAfter = (...steps: readonly Step[]) => after(steps).suspect;
const every = (ms: number, until: number, listed: readonly string[]): readonly Step[] =>
  Array.from({ length: Math.floor(until / ms) + 1 }, (_, nth) => ({ at: 1 + nth * ms, listed }));

describe('a complete list', () => {
  it.each([
    { name: 'the first list', reason: 'there is nothing to lose', had: null, has: 0, want: null },
    { name: 'an empty list of an empty account', reason: 'nothing was lost', had: 0, has: 0, want: null },
    { name: 'the only row', reason: 'an empty list is no news, however small', had: 1, has: 0, want: 1 },
    { name: 'all of ten', reason: 'ten numbers are an account too', had: 10, has: 0, want: 10 },
    { name: 'one of two', reason: 'a record that was deleted', had: 2, has: 1, want: null },
    { name: 'one of ten', reason: 'a record that was deleted', had: 10, has: 9, want: null },
    { name: 'two of three', reason: 'more than one, and a large share', had: 3, has: 1, want: 2 },
    { name: 'two of twenty', reason: 'a tenth is large', had: 20, has: 18, want: 2 },
    { name: 'two of twenty-one', reason: 'less than a tenth, and few', had: 21, has: 19, want: null },
    { name: 'eleven of a thousand', reason: 'more than the guard allows', had: 1_000, has: 989, want: 11 },
    { name: 'ten of a thousand', reason: 'as many as the guard allows', had: 1_000, has: 990, want: null },
  ])('that lacks $name: $reason', ({ had, has, want }) => {
    const steps = [...(had === null ? [] : [{ at: 0, listed: rows(had) }]), { at: 1, listed: rows(has) }];
    expect(after(steps).suspect).toEqual(want === null ? null : { missing: want, of: had });
  });

  it('of as many other rows is suspect: it may be of another account', () => {
    expect(suspectAfter({ at: 0, listed: rows(5) }, { at: 1, listed: rows(5, 100) })).toEqual({ missing: 5, of: 5 });
  });

  it('whose rows are lost one by one within minutes is suspect as if they were lost at once', () => {
    const steps = [4, 3].map((left, nth) => ({ at: nth * MINUTE, listed: rows(left) }));
    expect(suspectAfter({ at: -1, listed: rows(5) }, ...steps)).toEqual({ missing: 2, of: 5 });
  });

  it('whose rows may be there, as rows that cannot be read, lacks that many fewer', () => {
    const full = { at: 0, listed: rows(3) };
    expect(suspectAfter(full, { at: 1, listed: rows(1), anonymous: 2 })).toBeNull();
    expect(suspectAfter({ at: 0, listed: rows(5) }, { at: 1, listed: rows(1), anonymous: 1 })).toEqual({
      missing: 3,
      of: 5,
    });
  });

  it('that has all rows back is well again, and nothing is remembered of it', () => {
    const { suspect, memory } = after([
      { at: 0, listed: rows(9) },
      { at: 1, listed: [] },
      { at: 2, listed: rows(9) },
    ]);
    expect({ suspect, missing: memory.missing, since: memory.suspectSince }).toEqual({
      suspect: null,
      missing: [],
      since: null,
    });
  });

  it('that comes back in part stays suspect for what is still missing, since it began', () => {
    const steps = [
      { at: 0, listed: rows(10) },
      { at: 1, listed: [] },
      { at: 9, listed: rows(6) },
    ];
    expect(after(steps)).toMatchObject({ suspect: { missing: 4, of: 10 }, memory: { suspectSince: 1 } });
  });

  it('that says the same as before is remembered as the same object, in whatever order it comes', () => {
    const { memory } = after([{ at: 0, listed: rows(3) }]);
    const marks = { rows: ['2', '0', '1'], anonymous: 0, clients: {} };
    const context = {
      section: 'dids',
      at: 9,
      now: 9,
      confirmed: new Set<string>(),
      owners: null,
      connections: [],
      limits: LIMITS,
    } as const;
    expect(weighListing(memory, marks, context).memory).toBe(memory);
  });
});

describe('rows that stay away', () => {
  const full = (count: number): Step => ({ at: 0, listed: rows(count) });

  it('are believed to be gone after the time and several looks, when they are few', () => {
    const { suspect, question, memory } = after([full(10), ...every(MINUTE, 5 * MINUTE, rows(7))]);
    expect({ suspect, question, missing: memory.missing }).toEqual({ suspect: null, question: null, missing: [] });
  });

  it.each([
    { name: 'before the time has passed', steps: every(MINUTE, 4 * MINUTE, rows(7)) },
    { name: 'in two looks, however far apart', steps: every(6 * MINUTE, 6 * MINUTE, rows(7)) },
    {
      name: 'in many lists that follow each other closely: they are one look',
      steps: [...every(1_000, 20_000, rows(7)), { at: 6 * MINUTE, listed: rows(7) }],
    },
    {
      name: 'when they are back now and then',
      steps: every(MINUTE, 20 * MINUTE, rows(7)).map((step, nth) =>
        nth % 3 === 2 ? { ...step, listed: rows(10) } : step,
      ),
    },
  ])('are not believed to be gone $name', ({ steps }) => {
    const { suspect, memory } = after([full(10), ...steps]);
    expect(suspect ?? memory.missing.length === 0).not.toBeFalsy();
    expect(memory.listed.length + memory.missing.flatMap((group) => group.rows).length).toBe(10);
  });

  it.each(REMEMBERED_SECTIONS)('are believed to be gone likewise when it is the only one of the %s', (section) => {
    const before = after([full(1), ...every(MINUTE, 4 * MINUTE, [])], { section });
    expect(before).toMatchObject({ suspect: { missing: 1, of: 1 }, question: null });
    const { suspect, question, memory } = after([full(1), ...every(MINUTE, 5 * MINUTE, [])], { section });
    expect({ suspect, question, missing: memory.missing }).toEqual({ suspect: null, question: null, missing: [] });
  });

  it.each([
    { name: 'all of several', section: 'dids', had: 2, has: 0 },
    { name: 'half of the bots', section: 'bots', had: 4, has: 2 },
    { name: 'more than the guard allows', section: 'dids', had: 1_000, has: 980 },
  ] as const)('are asked about when they are $name, once, and believed when an operator confirms', (given) => {
    const { section, had, has } = given;
    const gone = every(MINUTE, 5 * MINUTE, rows(has));
    const { suspect, question } = after([full(had), ...gone], { section });
    expect(suspect).toEqual({ missing: had - has, of: had });
    expect(question?.loss).toEqual({ missing: had - has, of: had });
    const later = after([full(had), ...gone, { at: 60 * MINUTE, listed: rows(has) }], { section });
    expect(later).toMatchObject({ suspect: { missing: had - has, of: had }, question: null });
    const confirmed = after([full(had), ...gone, { at: 61 * MINUTE, listed: rows(has), held: false }], { section });
    expect(confirmed).toMatchObject({
      suspect: null,
      question: null,
      memory: { missing: [], confirmed: { at: 61 * MINUTE } },
    });
    expect(confirmed.memory.confirmed?.rows).toHaveLength(had - has);
  });

  it.each(['clients', 'dids', 'routing'] as const)(
    'are believed without asking when they are half of the %s',
    (section) => {
      const gone = [full(4), ...every(MINUTE, 5 * MINUTE, rows(2))];
      expect(after(gone, { section })).toMatchObject({ suspect: null, question: null, memory: { missing: [] } });
    },
  );

  it('are asked about when all of them went missing one by one: none is the only one', () => {
    const gone = [rows(1), ...Array.from({ length: 5 }, () => [])].map((listed, nth) => ({
      at: 1 + nth * MINUTE,
      listed,
    }));
    expect(after([full(2), ...gone])).toMatchObject({
      suspect: { missing: 2, of: 2 },
      question: { loss: { missing: 1 } },
    });
  });

  it('are asked about once more, on another connection, when the one that was held has left the account', () => {
    const gone = [full(3), ...every(MINUTE, 5 * MINUTE, [])];
    const left = after([...gone, { at: 6 * MINUTE, listed: [], held: false, on: OTHER }]);
    expect(left).toMatchObject({ suspect: { missing: 3, of: 3 }, question: { on: OTHER, loss: { missing: 3 } } });
    const confirmed = after([
      ...gone,
      { at: 6 * MINUTE, listed: [], on: OTHER },
      { at: 7 * MINUTE, listed: [], held: false, on: OTHER },
    ]);
    expect(confirmed).toMatchObject({ suspect: null, memory: { missing: [] } });
  });

  it('beside those that were confirmed are another question', () => {
    const steps = [full(10), ...every(MINUTE, 5 * MINUTE, rows(4)), { at: 6 * MINUTE, listed: [], held: false }];
    expect(after(steps)).toMatchObject({ suspect: { missing: 4, of: 4 }, question: null });
  });

  it('are what is confirmed, not what has come back meanwhile', () => {
    const steps = [full(10), ...every(MINUTE, 5 * MINUTE, []), { at: 6 * MINUTE, listed: rows(9), held: false }];
    expect(after(steps).memory.confirmed?.rows).toEqual(['9']);
  });
});

describe('routing records', () => {
  const owners = (listed: readonly string[], missing: readonly string[]): Owners => ({
    listed: new Set(listed),
    missing: new Set(missing),
  });

  it('of numbers that are gone went with them', () => {
    expect(suspectAfter({ at: 0, listed: rows(1) }, { at: 1, listed: [], owners: owners(['7'], []) })).toBeNull();
  });

  it('of numbers that are missing themselves are not asked about: what becomes of the numbers decides', () => {
    const gone = every(MINUTE, 9 * MINUTE, []).map((step) => ({ ...step, owners: owners([], rows(3)) }));
    expect(after([{ at: 0, listed: rows(3) }, ...gone])).toMatchObject({
      suspect: { missing: 3, of: 3 },
      question: null,
    });
  });
});

describe('what is said of a list beside its rows', () => {
  const odd = (row: Partial<SetAsideRow>): SetAsideRow => ({
    identity: null,
    why: '',
    key: null,
    clientId: null,
    didId: null,
    beside: new Set(),
    ...row,
  });
  const list = (...bots: Parameters<typeof aBot>[0][]) =>
    ({ status: 'complete', rows: bots.map((bot) => aBot(bot)) }) as const;
  const weigh = (at: number, listing: ReturnType<typeof list>, memory: ListMemory | null) =>
    weighListing(memory, marksOf('bots', listing), {
      ...{ section: 'bots', at, now: at, confirmed: new Set(), owners: null, connections: [], limits: LIMITS },
    }).memory;

  it('names the client of a bot that is missing, and until when it gets no other', () => {
    const first = weigh(0, list({ id: 5, clientId: 7 }, { id: 6, clientId: 8 }), null);
    const second = weigh(MINUTE, list({ id: 6, clientId: 8 }), first);
    expect(lossesOf(second, null, LIMITS)?.bots).toEqual([{ botId: 5, clientId: 7, until: 6 * MINUTE }]);
    expect(lossesOf(first, null, LIMITS)).toBeNull();
  });

  it('remembers the client of a bot whose row could not be read before it went missing', () => {
    const first = weigh(0, list({ id: 5, clientId: 7 }, { id: 6, clientId: 8 }), null);
    const odder = { ...list({ id: 6, clientId: 8 }), setAside: [odd({ identity: 5 })] };
    const second = weigh(1, list({ id: 6, clientId: 8 }), weigh(0, odder, first));
    expect(lossesOf(second, null, LIMITS)?.bots).toMatchObject([{ botId: 5, clientId: 7 }]);
  });

  it('takes a row that cannot be read for the one whose id it has', () => {
    const listing = { ...list({ id: 5 }), setAside: [odd({ identity: 6 }), odd({})] };
    expect(marksOf('bots', listing)).toMatchObject({ rows: ['5', '6'], anonymous: 1 });
  });

  it('holds writes in the same words for the same loss', () => {
    expect(vanishedReason('dids', { missing: 3, of: 3 })).toMatch(
      /^all of 3 rows have vanished from the VoiceLink dids list/,
    );
    expect(vanishedReason('bots', { missing: 2, of: 3 })).toMatch(
      /^2 of 3 rows have vanished from the VoiceLink bots list/,
    );
  });
});
