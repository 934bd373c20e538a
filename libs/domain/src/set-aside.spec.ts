import { aBot, aDid, aDidKey, aRouting, aSnapshot, localKnowledge } from '@dialtone/testing';
import * as fc from 'fast-check';
import type { DidKey } from './ids';
import { judgeReadiness } from './judge';
import { observeSnapshot } from './observe';
import type { KeyObservation } from './observation';
import { planSteps } from './plan';
import { areBotsInDoubt, doubtOfKey } from './doubt';
import { recallSetAside, setAsideMessage, type RowMarks, type SetAsideRow } from './set-aside';

const [KEY, OTHER] = [aDidKey('918000000001'), aDidKey('918000000002')];

const odd = (fields: Partial<SetAsideRow> = {}): SetAsideRow => ({
  identity: null,
  why: 'no id',
  key: null,
  clientId: null,
  didId: null,
  beside: new Set(),
  ...fields,
});

describe('doubtOfKey', () => {
  const dids = [aDid({ key: KEY, didId: 17 })];
  it.each([
    { row: odd(), isListed: false, want: true, reason: 'it may be any number' },
    { row: odd(), isListed: true, want: false, reason: 'what is listed is certain' },
    { row: odd({ key: KEY }), isListed: true, want: true, reason: 'two rows of one number: which holds is not known' },
    { row: odd({ key: OTHER }), isListed: false, want: false, reason: 'it is about another number' },
    { row: odd({ beside: new Set([KEY]) }), isListed: false, want: false, reason: 'both were listed at once' },
    { row: odd({ beside: new Set([OTHER]) }), isListed: false, want: true, reason: 'another was listed beside it' },
    { row: odd({ didId: 17 }), isListed: true, want: true, reason: 'it names the DID' },
    { row: odd({ didId: 18 }), isListed: false, want: false, reason: 'it names another DID' },
  ])('is $want when $reason', ({ row, isListed, want }) => {
    expect(doubtOfKey([row], KEY, { isListed, dids }) !== null).toBe(want);
  });

  it('holds of an id of a DID that is not listed: whose it is is not known', () => {
    expect(doubtOfKey([odd({ didId: 18 })], KEY, { isListed: false, dids: [] })).not.toBeNull();
    expect(doubtOfKey([odd({ didId: 18 })], KEY, { isListed: false, dids: null })).not.toBeNull();
  });
});

describe('areBotsInDoubt', () => {
  const bot = aBot({ id: 7, clientId: 415 });
  const to = (outboundBotId: number | null) => aRouting({ outboundBotId });
  it.each([
    { row: odd(), bots: [], routing: null, want: true, reason: 'none is listed' },
    { row: odd({ clientId: 702 }), bots: [], routing: null, want: false, reason: 'it is of another client' },
    {
      row: odd({ clientId: 415 }),
      bots: [aBot({ ...bot, active: false })],
      routing: null,
      want: true,
      reason: 'none is active',
    },
    { row: odd(), bots: [bot], routing: null, want: false, reason: 'an active one is listed' },
    { row: odd(), bots: [bot], routing: to(7), want: false, reason: 'the one that calls go to is listed' },
    { row: odd(), bots: [bot], routing: to(8), want: true, reason: 'it may be the one that calls go to' },
    {
      row: odd({ identity: 9 }),
      bots: [bot],
      routing: to(8),
      want: false,
      reason: 'it is not the one that calls go to',
    },
    { row: odd({ identity: 8 }), bots: [bot], routing: to(8), want: true, reason: 'it is the one that calls go to' },
  ])('is $want when $reason', ({ row, bots, routing, want }) => {
    expect(areBotsInDoubt([row], 415, { bots, routing, misreportedBotIds: [] })).toBe(want);
  });

  it('is false without a client', () => {
    expect(areBotsInDoubt([odd()], null, { bots: [], routing: null, misreportedBotIds: [] })).toBe(false);
  });
});

describe('recallSetAside', () => {
  type Row = RowMarks;
  const row = (identity: number, key: DidKey | null, clientId: number | null = null): Row => ({
    identity,
    key,
    clientId,
    didId: null,
  });
  const recall = (
    before: readonly [readonly Row[], readonly SetAsideRow[]],
    rows: readonly Row[],
    setAside: readonly SetAsideRow[],
  ) => recallSetAside({ rows: before[0], setAside: before[1] }, { rows, setAside }, (marks: Row) => marks);

  it('knows of a row what was read of it before, and what was known of it then', () => {
    expect(recall([[row(5, KEY, 415)], []], [], [odd({ identity: 5 })])).toMatchObject([{ key: KEY, clientId: 415 }]);
    expect(recall([[], [odd({ identity: 5, key: KEY })]], [], [odd({ identity: 5 })])).toMatchObject([{ key: KEY }]);
    expect(recall([[row(5, KEY)], []], [], [odd({ identity: 5, key: OTHER })])).toMatchObject([{ key: OTHER }]);
  });

  it('knows nothing of a row without an id, nor of the first list', () => {
    const rows = [odd()];
    expect(recallSetAside(null, { rows: [], setAside: rows }, (marks: Row) => marks)).toBe(rows);
    expect(recall([[row(5, KEY)], rows], [], rows)).toEqual(rows);
  });

  it('never takes a row for one that was listed beside it, however lists follow each other', () => {
    const ids = fc.uniqueArray(fc.integer({ min: 1, max: 8 }), { maxLength: 8 });
    const lists = fc.array(fc.record({ rows: ids, odd: ids }), { minLength: 1, maxLength: 8 });
    const keyOf = (id: number): DidKey => `91800000000${String(id)}` as DidKey;
    fc.assert(
      fc.property(lists, (all) => {
        let before: { rows: readonly Row[]; setAside: readonly SetAsideRow[] } | null = null;
        for (const list of all) {
          const rows = list.rows.filter((id) => !list.odd.includes(id)).map((id) => row(id, keyOf(id)));
          const now = { rows, setAside: list.odd.map((identity) => odd({ identity })) };
          const setAside: readonly SetAsideRow[] = recallSetAside<Row>(before, now, (marks) => marks);
          for (const { identity, key, beside } of setAside) {
            const own = keyOf(identity ?? 0);
            expect([own, null]).toContain(key);
            expect([...beside]).not.toContain(own);
            expect(rows.filter((one) => one.key !== null && beside.has(one.key))).toEqual([]);
          }
          before = { rows, setAside };
        }
      }),
    );
  });
});

/** A world of three keys: one READY in every list, and one that the odd row may be. */
describe('lists with rows set aside', () => {
  const bot = aBot({ id: 7, clientId: 415 });
  const ready = (key: DidKey, didId: number) => ({
    did: aDid({ key, didId, clientId: 415 }),
    routing: aRouting({ id: didId + 100, key, didId, outboundBotId: 7 }),
  });
  const keys = ['918000000001', '918000000002', '918000000003'].map((key) => aDidKey(key));
  const records = keys.map((key, index) => ready(key, index + 1));
  const complete = <Row>(rows: readonly Row[], setAside: readonly SetAsideRow[]) =>
    ({ status: 'complete', rows, setAside }) as const;

  const oddRows = fc.array(
    fc.record({
      identity: fc.option(fc.integer({ min: 900, max: 903 })),
      key: fc.option(fc.constantFrom(...keys)),
      clientId: fc.option(fc.constantFrom(415, 702)),
      didId: fc.constant(null),
    }),
    { maxLength: 3 },
  );
  const hidden = fc.subarray([0, 1, 2]);
  const worlds = fc.record({
    dids: oddRows,
    bots: oddRows,
    routing: oddRows,
    noDid: hidden,
    noRouting: hidden,
    noBot: fc.boolean(),
  });

  const observe = (
    world: typeof worlds extends fc.Arbitrary<infer World> ? World : never,
  ): readonly KeyObservation[] => {
    const without = (gone: readonly number[]) => records.filter((_, index) => !gone.includes(index));
    const snapshot = aSnapshot({
      dids: complete(
        without(world.noDid).map(({ did }) => did),
        world.dids.map((row) => odd(row)),
      ),
      bots: complete(
        world.noBot ? [] : [bot],
        world.bots.map((row) => odd(row)),
      ),
      routing: complete(
        without(world.noRouting).map(({ routing }) => routing),
        world.routing.map((row) => odd(row)),
      ),
    });
    const memory = new Map(keys.map((key) => [key, { did: 'suspect', bot: 'suspect', routing: 'suspect' } as const]));
    return [...observeSnapshot(snapshot, localKnowledge({ memory }))];
  };
  const plan = (observation: KeyObservation) =>
    planSteps({ agentId: null, clientId: 415, botName: null, websocketUrl: null }, observation, {
      now: 0,
      defaultWebsocketUrl: 'wss://x.test',
    });

  it('lead to no issue and to no create for what one of them may be', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        for (const observation of observe(world)) {
          const { issues } = judgeReadiness(observation, { declaredAgentId: null, now: 0 });
          const mayBe = (rows: typeof world.dids) => rows.some(({ key }) => key === null || key === observation.key);
          const missing = (gone: readonly number[]) => gone.some((index) => keys[index] === observation.key);
          const mayBeBot = world.bots.some(({ clientId }) => clientId !== 702);
          const verbs = plan(observation).flatMap((step) => (step.status === 'needed' ? [step.action] : []));
          if (missing(world.noDid) && mayBe(world.dids)) expect(issues).not.toContain('REMOTE_DID_DELETED');
          if (missing(world.noRouting) && mayBe(world.routing)) {
            expect(issues).not.toContain('ROUTING_MISSING');
            expect(verbs.map(({ kind }) => kind)).not.toContain('ensure_routing');
          }
          if (world.noBot && mayBeBot) {
            expect(issues).not.toContain('NO_BOT');
            expect(verbs.map(({ kind }) => kind)).not.toContain('ensure_bot');
          }
        }
      }),
    );
  });

  it('leave everything known of a number that is listed and that none of them names', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        for (const observation of observe({ ...world, noBot: false })) {
          const { key } = observation;
          const isListed = !world.noDid.concat(world.noRouting).some((index) => keys[index] === key);
          const isNamed = [...world.dids, ...world.routing].some((row) => row.key === key);
          if (isListed && !isNamed) expect(observation.unknown).toEqual([]);
        }
      }),
    );
  });
});

describe('setAsideMessage', () => {
  it('names the first three rows and counts the others', () => {
    const rows = [1, 2, 3, 4, 5].map((identity) => odd({ identity, why: `no id, id ${String(identity)}` }));
    expect(setAsideMessage(rows)).toBe(
      'a row could not be read (no id, id 1); a row could not be read (no id, id 2); a row could not be read (no id, id 3); and 2 more',
    );
  });
});
