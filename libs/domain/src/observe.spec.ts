import {
  aBot,
  aClient,
  aDid,
  aDidKey,
  aPhoneNumber,
  aRouting,
  aSnapshot,
  failed,
  localKnowledge,
  OBSERVED_AT,
  truncated,
} from '@dialtone/testing';
import { judgeReadiness } from './judge';
import { observeSnapshot, snapshotWarnings, type LocalKnowledge } from './observe';
import { NOTHING_SEEN } from './presence';
import { type KeyObservation, type PresenceMemory } from './observation';
import { purchaseOf } from './purchase';
import type { RemoteDid } from './remote';
import type { Snapshot } from './snapshot';

const key = aDidKey('918011223344');
const did = aDid({ key, didId: 812, clientId: 415 });
const bot = aBot({ id: 93, clientId: 415 });
const routing = aRouting({ id: 120, key, outboundBotId: 93 });
const all = { dids: [did], bots: [bot], routing: [routing] };

const only = (snapshot: Snapshot, known: LocalKnowledge = localKnowledge()): KeyObservation => {
  const [first, ...rest] = observeSnapshot(snapshot, known);
  if (first === undefined || rest.length > 0) throw new Error('Expected one observation');
  return first;
};

/** What a store remembers from one listing to the next. */
const remembering = (memory: PresenceMemory, rest: Parameters<typeof localKnowledge>[0] = {}): LocalKnowledge =>
  localKnowledge({ ...rest, memory: new Map([[key, memory]]) });

describe('observeSnapshot', () => {
  it('joins the lists and the local row by key', () => {
    const local = aPhoneNumber({ key });
    const snapshot = aSnapshot({
      dids: [did, aDid()],
      bots: [aBot({ id: 94, clientId: 415 }), bot, aBot({ id: 1, clientId: 416 }), aBot({ id: 2, clientId: null })],
      routing: [aRouting(), routing],
    });
    const [observation] = [...observeSnapshot(snapshot, localKnowledge({ phoneNumbers: [local] }))].filter(
      (one) => one.key === key,
    );
    expect(observation).toMatchObject({
      key,
      observedAt: OBSERVED_AT,
      unknown: [],
      did,
      routing,
      local,
      extraRoutingIds: [],
    });
    expect(observation?.bots.map(({ id }) => id)).toEqual([93, 94]);
  });

  it('knows the keys of the DIDs, of the inventory, of the declarations and of earlier listings, sorted', () => {
    const [listed, imported, declared, remembered, unrelated] = [5, 4, 3, 2, 1].map((n) =>
      aDidKey(`91801122334${String(n)}`),
    );
    const keys = [
      ...observeSnapshot(
        aSnapshot({ dids: [aDid({ key: listed ?? key })], routing: [aRouting({ key: unrelated ?? key })] }),
        localKnowledge({
          phoneNumbers: [aPhoneNumber({ key: imported ?? key })],
          declaredClients: new Map([[declared ?? key, null]]),
          memory: new Map([[remembered ?? key, NOTHING_SEEN]]),
        }),
      ),
    ].map((one) => one.key);
    expect(keys).toEqual([remembered, declared, imported, listed]);
  });

  it('makes a key that was only ever listed go stale with the list, and not keep its verdict silently', () => {
    const seen = only(aSnapshot(all));
    const next = only(aSnapshot({ ...all, dids: failed() }), remembering(seen.presence));
    expect(judgeReadiness(next, { declaredAgentId: null, now: OBSERVED_AT })).toMatchObject({ key, complete: false });
  });

  it.each([truncated([did, aDid()]), failed()])('adds no key from a DID list that is not complete: $status', (dids) => {
    expect([...observeSnapshot(aSnapshot({ dids }), localKnowledge())]).toEqual([]);
  });

  it('believes no row of a list that is not complete', () => {
    const known = localKnowledge({ phoneNumbers: [aPhoneNumber({ key })] });
    const observation = only(
      aSnapshot({ dids: truncated([did]), bots: truncated([bot]), routing: truncated([routing]) }),
      known,
    );
    expect(observation).toMatchObject({ unknown: ['dids', 'bots', 'routing'], did: null, bots: [], routing: null });
    expect(observation.presence).toEqual(NOTHING_SEEN);
  });

  it('takes the bots of the declared client only while the DID is unmapped', () => {
    const bots = [bot, aBot({ id: 7, clientId: 500 })];
    const known = localKnowledge({ declaredClients: new Map([[key, 500]]) });
    const idsOf = (row: RemoteDid): readonly number[] =>
      only(aSnapshot({ dids: [row], bots }), known).bots.map(({ id }) => id);
    expect(idsOf(aDid({ ...did, clientId: null }))).toEqual([7]);
    expect(idsOf(did)).toEqual([93]);
  });

  it('takes no bot for an unmapped DID that names no client, not even one without a client', () => {
    const rows = { dids: [aDid({ ...did, clientId: null })], bots: [aBot({ clientId: null })] };
    expect(only(aSnapshot(rows))).toMatchObject({ bots: [], presence: { bot: 'unknown' } });
  });

  it('keeps the routing record with the lowest id and reports the others', () => {
    const rows = [aRouting({ id: 300, key }), aRouting({ id: 120, key }), aRouting({ id: 200, key })];
    const observation = only(aSnapshot({ ...all, routing: rows }));
    expect(observation.routing?.id).toBe(120);
    expect(observation.extraRoutingIds).toEqual([200, 300]);
  });

  it('decides nothing from the lists of clients and of available DIDs', () => {
    const more = { clients: [aClient({ id: 415 })], available_dids: [aDid({ key, clientId: null })] };
    expect(only(aSnapshot({ ...all, ...more }))).toEqual(only(aSnapshot(all)));
  });

  it('says which of the client’s bots are listed wrongly', () => {
    const known = localKnowledge({ misreportedBotIds: new Set([93, 666]) });
    expect(only(aSnapshot(all), known).misreportedBotIds).toEqual([93]);
  });
});

describe('purchaseOf', () => {
  const cases: readonly {
    readonly name: string;
    readonly reason: string;
    readonly given: readonly Partial<RemoteDid>[] | null;
    readonly want: number | null;
  }[] = [
    { name: 'no list', reason: 'unknown', given: null, want: null },
    { name: 'no row', reason: 'absent', given: [], want: null },
    { name: 'equal rows', reason: 'two controllers must agree', given: [{ didId: 3 }, { didId: 2 }], want: 2 },
    {
      name: 'an expired purchase and its successor',
      reason: 'the number was bought again and works',
      given: [{ didId: 2, isExpired: true }, { didId: 3 }],
      want: 3,
    },
    {
      name: 'an expired mapped one and a fresh unmapped one',
      reason: 'the old mapping died with the old purchase',
      given: [
        { didId: 2, isExpired: true },
        { didId: 3, clientId: null },
      ],
      want: 3,
    },
    {
      name: 'an unmapped and a mapped row',
      reason: 'mapping the first would re-map the number',
      given: [{ didId: 2, clientId: null }, { didId: 3 }],
      want: 3,
    },
    {
      name: 'nothing but expired ones',
      reason: 'expired is the truth then',
      given: [
        { didId: 3, isExpired: true },
        { didId: 2, isExpired: true },
      ],
      want: 2,
    },
    {
      name: 'a row whose expiry is not said',
      reason: 'unknown is not expired',
      given: [
        { didId: 2, isExpired: true },
        { didId: 3, isExpired: null },
      ],
      want: 3,
    },
  ];

  it.each(cases)('of $name: $reason', ({ given, want }) => {
    const rows = given?.map((row) => aDid({ ...did, ...row })) ?? null;
    expect(purchaseOf(rows)?.didId ?? null).toBe(want);
    expect(purchaseOf(rows?.toReversed() ?? null)?.didId ?? null).toBe(want);
  });
});

describe('snapshotWarnings', () => {
  it('has one warning per list that was not complete, in the order of the sections', () => {
    expect(snapshotWarnings(aSnapshot())).toEqual([]);
    expect(snapshotWarnings(aSnapshot({ routing: failed(), clients: truncated([]) }))).toEqual([
      { section: 'clients', code: 'TRUNCATED', message: 'the total changed while it was paged' },
      { section: 'routing', code: 'FETCH_FAILED', message: 'HTTP 502' },
    ]);
  });
});
