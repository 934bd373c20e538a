import {
  aBot,
  aDid,
  aDidKey,
  aPhoneNumber,
  aRouting,
  aSnapshot,
  failed,
  localKnowledge,
  OBSERVED_AT,
} from '@dialtone/testing';
import { judgeReadiness } from './judge';
import { observeSnapshot, type LocalKnowledge } from './observe';
import { NOTHING_SEEN } from './presence';
import { type KeyObservation, type PresenceMemory } from './observation';
import { type Readiness } from './readiness';
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

describe('absence', () => {
  const local = aPhoneNumber({ key });
  const judge = (observation: KeyObservation): Readiness =>
    judgeReadiness(observation, { declaredAgentId: null, now: OBSERVED_AT });

  /** One sweep after the other, each with the memory of the one before. */
  const history = (
    snapshots: readonly Snapshot[],
    rest: Parameters<typeof localKnowledge>[0] = {},
  ): readonly string[] => {
    let memory: PresenceMemory = NOTHING_SEEN;
    return snapshots.map((snapshot) => {
      const observation = only(snapshot, remembering(memory, { phoneNumbers: [local], ...rest }));
      memory = observation.presence;
      const { complete, state } = judge(observation);
      return complete ? state : `stale ${state}`;
    });
  };

  const full = aSnapshot(all);
  const noDid = aSnapshot({ ...all, dids: [] });
  const noBot = aSnapshot({ ...all, bots: [] });
  const noRouting = aSnapshot({ ...all, routing: [] });

  const cases: readonly {
    readonly name: string;
    readonly reason: string;
    readonly given: readonly Snapshot[];
    readonly want: readonly string[];
  }[] = [
    {
      name: 'a DID',
      reason: 'gone after two listings',
      given: [full, noDid, noDid],
      want: ['READY', 'stale UNKNOWN', 'REMOTE_DID_DELETED'],
    },
    {
      name: 'a DID that comes back',
      reason: 'one shifted page',
      given: [full, noDid, full, noDid],
      want: ['READY', 'stale UNKNOWN', 'READY', 'stale UNKNOWN'],
    },
    {
      name: 'a DID around a failed list',
      reason: 'a failure counts for nothing',
      given: [full, noDid, aSnapshot({ ...all, dids: failed() }), noDid],
      want: ['READY', 'stale UNKNOWN', 'stale UNKNOWN', 'REMOTE_DID_DELETED'],
    },
    {
      name: 'a DID that only we know',
      reason: 'even then deletion takes two',
      given: [noDid, noDid],
      want: ['stale UNKNOWN', 'REMOTE_DID_DELETED'],
    },
    {
      name: 'a bot',
      reason: 'gone after two listings',
      given: [full, noBot, noBot],
      want: ['READY', 'stale UNKNOWN', 'NO_BOT'],
    },
    { name: 'a bot that never was', reason: 'nothing to lose', given: [noBot], want: ['NO_BOT'] },
    {
      name: 'the routed bot beside another',
      reason: 'it is the one that is missed',
      given: [
        full,
        aSnapshot({ ...all, bots: [aBot({ id: 5, clientId: 415 })] }),
        aSnapshot({ ...all, bots: [aBot({ id: 5, clientId: 415 })] }),
      ],
      want: ['READY', 'stale UNKNOWN', 'ROUTING_CHANGED'],
    },
    {
      name: 'a routing',
      reason: 'gone after two listings',
      given: [full, noRouting, noRouting],
      want: ['READY', 'stale UNKNOWN', 'ROUTING_MISSING'],
    },
    { name: 'a routing that never was', reason: 'a fresh DID', given: [noRouting], want: ['ROUTING_MISSING'] },
    {
      name: 'a bot after a sweep without the DID list',
      reason: 'the memory waits for the DID',
      given: [full, aSnapshot({ ...all, dids: failed(), bots: [] }), noBot, noBot],
      want: ['READY', 'stale UNKNOWN', 'stale UNKNOWN', 'NO_BOT'],
    },
    {
      name: 'a bot while the DID is missed',
      reason: 'the memory waits for the DID',
      given: [full, aSnapshot({ routing: [routing] }), noBot],
      want: ['READY', 'stale UNKNOWN', 'stale UNKNOWN'],
    },
    {
      name: 'a bot suspected when the DID goes',
      reason: 'a deleted DID is not stale for ever',
      given: [full, noBot, aSnapshot(), aSnapshot()],
      want: ['READY', 'stale UNKNOWN', 'stale UNKNOWN', 'REMOTE_DID_DELETED'],
    },
    {
      name: 'the routed bot while the routing list fails',
      reason: 'another bot does not prove it is back',
      given: [
        full,
        ...['bots', 'bots', 'routing', 'bots'].map((gone) =>
          aSnapshot({
            ...all,
            bots: [aBot({ id: 5, clientId: 415 })],
            ...(gone === 'routing' ? { routing: failed() } : {}),
          }),
        ),
      ],
      want: ['READY', 'stale UNKNOWN', 'ROUTING_CHANGED', 'stale UNKNOWN', 'ROUTING_CHANGED'],
    },
  ];

  it.each(cases)('of $name: $reason', ({ given, want }) => {
    expect(history(given)).toEqual(want);
  });

  const neither = aSnapshot();
  const cutOff = aSnapshot({ dids: failed() });
  it.each<readonly [name: string, given: readonly Snapshot[], want: readonly string[]]>([
    [
      'never was listed',
      [neither, neither, neither],
      ['stale UNKNOWN', ...Array<string>(2).fill('REMOTE_DID_NEVER_SEEN')],
    ],
    ['never was listed, also when lists fail', [cutOff, cutOff, neither], [...Array<string>(3).fill('stale UNKNOWN')]],
    [
      'is bought, and then gone',
      [neither, neither, full, neither, neither],
      ['stale UNKNOWN', 'REMOTE_DID_NEVER_SEEN', 'NOT_IMPORTED', 'stale UNKNOWN', 'REMOTE_DID_DELETED'],
    ],
    [
      'was listed only while another list failed',
      [aSnapshot({ ...all, routing: failed() }), neither, neither],
      ['stale NOT_IMPORTED', 'stale UNKNOWN', 'REMOTE_DID_DELETED'],
    ],
  ])('of a declared number that %s', (_name, given, want) => {
    expect(history(given, { phoneNumbers: [], declaredClients: new Map([[key, null]]) })).toEqual(want);
  });

  it('of a number that an earlier release remembers as listed is that of a deleted one', () => {
    const old = remembering({ did: 'present', bot: 'unknown', routing: 'unknown' });
    const missed = only(neither, old).presence;
    expect(judge(only(neither, remembering(missed))).state).toBe('REMOTE_DID_DELETED');
  });

  it('of a declared client’s bot is suspected before the mapping too', () => {
    const rows = { dids: [aDid({ ...did, clientId: null })], routing: [] };
    const known = (memory: PresenceMemory): LocalKnowledge =>
      remembering(memory, { declaredClients: new Map([[key, 415]]) });
    const first = only(aSnapshot({ ...rows, bots: [bot] }), known(NOTHING_SEEN));
    const second = only(aSnapshot({ ...rows, bots: [] }), known(first.presence));
    expect([first.presence.bot, second.presence.bot]).toEqual(['present', 'suspect']);
  });
});
