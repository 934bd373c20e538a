import {
  aBot,
  aDid,
  anObservation,
  aPhoneNumber,
  aRouting,
  aSnapshot,
  failed,
  localKnowledge,
  OBSERVED_AT,
} from '@dialtone/testing';
import { ISSUE_NEEDS } from './issues';
import { isRefuted, judgeReadiness } from './judge';
import { unknownSectionsOf } from './presence';
import { observeSnapshot } from './observe';
import { ISSUES, type Issue } from './issues';
import { type KeyObservation, type PresenceMemory } from './observation';
import { type Readiness } from './readiness';
import { SECTIONS, type Section } from './snapshot';

const anyAgent = { declaredAgentId: null, now: OBSERVED_AT };
const judge = (overrides: Partial<KeyObservation>): Readiness => judgeReadiness(anObservation(overrides), anyAgent);

const did = aDid({ clientId: 415 });
const key = did.key;
const unmapped = aDid({ ...did, clientId: null });
const bot = aBot({ id: 93, clientId: 415 });
const otherBot = aBot({ id: 94, clientId: 415 });
const routing = aRouting({ key, outboundBotId: 93 });
const local = aPhoneNumber({ key });
const served = { key, did, bots: [bot], routing, local };

/** Written down here once more, so that a change of the rule is noticed. */
const NEEDS: Readonly<Record<Issue, readonly Section[]>> = {
  REMOTE_DID_DELETED: ['dids'],
  REMOTE_DID_EXPIRED: ['dids'],
  NOT_IMPORTED: ['dids'],
  NO_CLIENT_MAPPING: ['dids'],
  NO_BOT: ['dids', 'bots'],
  ROUTING_MISSING: ['dids', 'routing'],
  ROUTING_CHANGED: ['dids', 'bots', 'routing'],
  NO_VOCOBASE_AGENT: [],
};

const subsetsOf = (sections: readonly Section[]): readonly (readonly Section[])[] =>
  sections.reduce<readonly (readonly Section[])[]>(
    (subsets, section) => [...subsets, ...subsets.map((subset) => [...subset, section])],
    [[]],
  );

describe('an incomplete observation', () => {
  it('has rules for exactly these needs', () => {
    expect(ISSUE_NEEDS).toEqual(NEEDS);
  });

  const twice: PresenceMemory = { did: 'suspect', bot: 'suspect', routing: 'suspect' };
  const worlds: readonly {
    readonly name: string;
    readonly rows: Parameters<typeof aSnapshot>[0];
    readonly all: readonly Issue[];
  }[] = [
    { name: 'ready', rows: { dids: [did], bots: [bot], routing: [routing] }, all: [] },
    { name: 'fresh', rows: { dids: [unmapped] }, all: ['NO_CLIENT_MAPPING', 'NO_BOT', 'ROUTING_MISSING'] },
    { name: 'without bot', rows: { dids: [did], routing: [routing] }, all: ['NO_BOT', 'ROUTING_CHANGED'] },
    { name: 'without routing', rows: { dids: [did], bots: [bot] }, all: ['ROUTING_MISSING'] },
    { name: 'deleted', rows: { bots: [bot] }, all: ['REMOTE_DID_DELETED'] },
    {
      name: 'expired',
      rows: { dids: [aDid({ ...did, isExpired: true })], bots: [otherBot], routing: [routing] },
      all: ['REMOTE_DID_EXPIRED', 'ROUTING_CHANGED'],
    },
  ];

  const subsets = subsetsOf(SECTIONS);

  it('covers all 32 subsets', () => {
    expect(subsets).toHaveLength(32);
  });

  describe.each(worlds)('of a world that is $name', ({ rows, all }) => {
    it.each(subsets.map((subset) => ({ subset, name: subset.join('+') || 'nothing' })))(
      'derives nothing from what failed: $name',
      ({ subset }) => {
        const snapshot = aSnapshot({ ...rows, ...Object.fromEntries(subset.map((section) => [section, failed()])) });
        const known = localKnowledge({ phoneNumbers: [local], memory: new Map([[key, twice]]) });
        const [observation] = observeSnapshot(snapshot, known);
        const readiness = judgeReadiness(observation ?? anObservation(), anyAgent);

        const tellable = ISSUES.filter((issue) => !NEEDS[issue].some((section) => subset.includes(section)));
        const found = all.filter((issue) => tellable.includes(issue));
        const certain = ISSUES.slice(0, found[0] === undefined ? ISSUES.length : ISSUES.indexOf(found[0]));
        const canTell = certain.every((issue) => tellable.includes(issue));
        expect(readiness.state).toBe(canTell ? (found[0] ?? 'READY') : 'UNKNOWN');
        expect(readiness.issues).toEqual(canTell ? found : []);
        expect(readiness.complete).toBe(
          !['dids', 'bots', 'routing'].some((section) => subset.includes(section as Section)),
        );
      },
    );
  });

  it('has no issues when its state is UNKNOWN, not even local ones', () => {
    const readiness = judge({ ...served, unknown: ['dids'], did: null, local: null });
    expect(readiness).toMatchObject({
      state: 'UNKNOWN',
      issues: [],
      actionItems: [],
      complete: false,
      unknownSections: ['dids'],
    });
  });

  it.each([
    { fact: 'did', section: 'dids', gone: { did: null } },
    { fact: 'bot', section: 'bots', gone: { bots: [] } },
    { fact: 'routing', section: 'routing', gone: { routing: null } },
  ] as const)('is one in which the $fact is missing for the first time', ({ fact, section, gone }) => {
    const suspect = anObservation({ ...served, ...gone, presence: { ...anObservation().presence, [fact]: 'suspect' } });
    expect(unknownSectionsOf(suspect)).toEqual([section]);
    expect(judgeReadiness(suspect, anyAgent)).toMatchObject({ state: 'UNKNOWN', issues: [], complete: false });
  });

  it('names each section once', () => {
    const both = anObservation({
      unknown: ['routing', 'bots'],
      presence: { did: 'present', bot: 'suspect', routing: 'present' },
    });
    expect(unknownSectionsOf(both)).toEqual(['bots', 'routing']);
  });
});

describe('isRefuted', () => {
  it.each<{
    readonly name: string;
    readonly was: readonly Issue[];
    readonly now: Partial<KeyObservation>;
    readonly want: boolean;
  }>([
    { name: 'nothing can be told', was: ['NO_BOT'], now: { unknown: ['dids', 'bots', 'routing'] }, want: false },
    {
      name: 'what can be told is as it was',
      was: ['ROUTING_MISSING'],
      now: { unknown: ['bots'], routing: null },
      want: false,
    },
    { name: 'an issue is new', was: [], now: { unknown: ['bots'], routing: null }, want: true },
    { name: 'an issue is gone', was: ['ROUTING_MISSING'], now: { unknown: ['bots'] }, want: true },
    {
      name: 'an issue that is gone cannot be told',
      was: ['ROUTING_MISSING'],
      now: { unknown: ['routing'] },
      want: false,
    },
    { name: 'the agent is gone, which no list says', was: [], now: { unknown: ['dids'], local: null }, want: true },
    {
      name: 'something is missing for the first time',
      was: [],
      now: { routing: null, presence: { ...anObservation().presence, routing: 'suspect' } },
      want: false,
    },
  ])('is $want when $name', ({ was, now, want }) => {
    expect(isRefuted({ state: was[0] ?? 'READY', issues: was }, anObservation({ ...served, ...now }), anyAgent)).toBe(
      want,
    );
  });

  it.each<readonly [name: string, now: Partial<KeyObservation>, want: boolean]>([
    ['while the DIDs are not known', { did: null, routing: null, local: null, unknown: ['dids'] }, false],
    ['once it is listed', { local: null, unknown: ['bots'] }, true],
    ['once it is imported', { did: null, routing: null, unknown: ['dids'] }, true],
  ])('tells of a number that was never seen %s: %j is %s', (_name, now, want) => {
    const was = { state: 'REMOTE_DID_NEVER_SEEN', issues: [] } as const;
    expect(isRefuted(was, anObservation({ ...served, ...now }), anyAgent)).toBe(want);
  });

  it('never is a verdict on the very observation that it was made from', () => {
    const readiness = judge({ ...served, bots: [], routing: null, local: null });
    expect(isRefuted(readiness, anObservation({ ...served, bots: [], routing: null, local: null }), anyAgent)).toBe(
      false,
    );
  });
});
