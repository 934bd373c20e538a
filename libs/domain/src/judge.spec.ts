import { aBot, aDid, anAgentId, anObservation, aPhoneNumber, aRouting, OBSERVED_AT } from '@dialtone/testing';
import { judgeReadiness } from './judge';
import { isExpired } from './expiry';
import { type Issue } from './issues';
import { type KeyObservation } from './observation';
import { type Readiness, type ReadinessState } from './readiness';

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

describe('judgeReadiness', () => {
  const cases: readonly {
    readonly name: string;
    readonly reason: string;
    readonly given: Partial<KeyObservation>;
    readonly want: readonly Issue[];
  }[] = [
    { name: 'everything in place', reason: 'READY', given: {}, want: [] },
    {
      name: 'a DID that is gone and was ours',
      reason: 'two complete listings without it',
      given: { did: null, bots: [], routing: null },
      want: ['REMOTE_DID_DELETED'],
    },
    {
      name: 'a DID that is gone and left its routing',
      reason: 'what hangs on a DID is not judged without it',
      given: { did: null, bots: [], local: null },
      want: ['REMOTE_DID_DELETED', 'NO_VOCOBASE_AGENT'],
    },
    {
      name: 'an expired DID',
      reason: 'VoiceLink marks it',
      given: { did: aDid({ ...did, isExpired: true }) },
      want: ['REMOTE_DID_EXPIRED'],
    },
    {
      name: 'a DID without a local row',
      reason: 'a row that is missing has no agent either',
      given: { local: null },
      want: ['NOT_IMPORTED', 'NO_VOCOBASE_AGENT'],
    },
    {
      name: 'an unmapped DID, fresh from the shop',
      reason: 'without a client there is no bot of it, and nothing routes',
      given: { did: unmapped, bots: [], routing: null },
      want: ['NO_CLIENT_MAPPING', 'NO_BOT', 'ROUTING_MISSING'],
    },
    {
      name: 'an unmapped DID whose declared client has a bot',
      reason: 'the bot is of no use before the mapping',
      given: { did: unmapped, routing: null },
      want: ['NO_CLIENT_MAPPING', 'NO_BOT', 'ROUTING_MISSING'],
    },
    {
      name: 'a DID that was unmapped behind a working route',
      reason: 'the bot is not its client’s any more',
      given: { did: unmapped },
      want: ['NO_CLIENT_MAPPING', 'NO_BOT', 'ROUTING_CHANGED'],
    },
    {
      name: 'no bot and no routing',
      reason: 'as in the documented example',
      given: { bots: [], routing: null },
      want: ['NO_BOT', 'ROUTING_MISSING'],
    },
    {
      name: 'the bot turned off',
      reason: 'the route leads nowhere too',
      given: { bots: [aBot({ ...bot, active: false })] },
      want: ['NO_BOT', 'ROUTING_CHANGED'],
    },
    {
      name: 'the bot wrongly listed as off',
      reason: 'the list was proven wrong',
      given: { bots: [aBot({ ...bot, active: false })], misreportedBotIds: [93] },
      want: [],
    },
    {
      name: 'the routed bot turned off beside another',
      reason: 'there is a bot; the route misses it',
      given: { bots: [aBot({ ...bot, active: false }), otherBot] },
      want: ['ROUTING_CHANGED'],
    },
    { name: 'no routing', reason: 'nothing connects DID and bot', given: { routing: null }, want: ['ROUTING_MISSING'] },
    {
      name: 'outbound to a trunk',
      reason: 'calls pass the bot by',
      given: { routing: aRouting({ ...routing, forOutboundCall: 2, outboundTrunkId: 31 }) },
      want: ['ROUTING_CHANGED'],
    },
    {
      name: 'outbound to a stranger’s bot',
      reason: 'it is not of the mapped client',
      given: { routing: aRouting({ ...routing, outboundBotId: 7 }) },
      want: ['ROUTING_CHANGED'],
    },
    {
      name: 'an inactive routing',
      reason: 'it routes nothing',
      given: { routing: aRouting({ ...routing, active: false }) },
      want: ['ROUTING_CHANGED'],
    },
    {
      name: 'inbound to anywhere',
      reason: 'the inbound half is not ours to judge',
      given: { routing: aRouting({ ...routing, forInboundCall: 2, inboundTrunkId: 31 }) },
      want: [],
    },
    {
      name: 'no agent',
      reason: 'nobody would speak',
      given: { local: aPhoneNumber({ ...local, agentId: null }) },
      want: ['NO_VOCOBASE_AGENT'],
    },
    {
      name: 'an expired, unmapped, unknown DID',
      reason: 'all issues that hold, in order of precedence',
      given: { did: aDid({ ...unmapped, isExpired: true }), bots: [], routing: null, local: null },
      want: [
        'REMOTE_DID_EXPIRED',
        'NOT_IMPORTED',
        'NO_CLIENT_MAPPING',
        'NO_BOT',
        'ROUTING_MISSING',
        'NO_VOCOBASE_AGENT',
      ],
    },
  ];

  it.each(cases)('finds $want for $name: $reason', ({ given, want }) => {
    const readiness = judge({ ...served, ...given });
    expect(readiness.issues).toEqual(want);
    expect(readiness.state).toBe(want[0] ?? 'READY');
    expect(readiness.complete).toBe(true);
    expect(readiness.actionItems.map(({ code }) => code)).toEqual(want);
  });

  it('takes any agent without a declaration, and only the declared one with it', () => {
    const observation = anObservation(served);
    const stateFor = (declaredAgentId: typeof local.agentId): ReadinessState =>
      judgeReadiness(observation, { declaredAgentId, now: OBSERVED_AT }).state;
    expect([stateFor(null), stateFor(local.agentId), stateFor(anAgentId())]).toEqual([
      'READY',
      'READY',
      'NO_VOCOBASE_AGENT',
    ]);
  });

  it('names the bot that calls reach, else the first that could serve', () => {
    const botOf = (overrides: Partial<KeyObservation>): number | null =>
      judge({ ...served, ...overrides }).bot?.id ?? null;
    expect(botOf({ bots: [aBot({ id: 1, clientId: 415 }), bot] })).toBe(93);
    expect(botOf({ bots: [aBot({ id: 1, clientId: 415 }), bot], routing: null })).toBe(1);
    expect(botOf({ bots: [aBot({ ...bot, active: false })] })).toBeNull();
  });

  it('words the remedies as documented', () => {
    const labels = judge({
      ...served,
      bots: [],
      routing: null,
      local: aPhoneNumber({ ...local, agentId: null }),
    }).actionItems;
    expect(labels).toEqual([
      { code: 'NO_BOT', label: 'Create an active VoiceLink WebSocket bot for the mapped client' },
      { code: 'ROUTING_MISSING', label: 'Create VoiceLink call routing for this DID' },
      { code: 'NO_VOCOBASE_AGENT', label: 'Assign a Vocobase agent to the local PhoneNumber row' },
    ]);
  });
});

describe('isExpired', () => {
  const now = OBSERVED_AT;
  it.each([
    { name: 'marked', reason: 'VoiceLink says so', given: { isExpired: true, expiresAt: null }, want: true },
    {
      name: 'marked before its date',
      reason: 'the mark wins',
      given: { isExpired: true, expiresAt: now + 1 },
      want: true,
    },
    {
      name: 'marked as good after its date',
      reason: 'a grace period',
      given: { isExpired: false, expiresAt: now - 1 },
      want: false,
    },
    {
      name: 'past its date',
      reason: 'nothing else is said',
      given: { isExpired: null, expiresAt: now - 1 },
      want: true,
    },
    {
      name: 'at its instant',
      reason: 'the instant is the end',
      given: { isExpired: null, expiresAt: now },
      want: true,
    },
    { name: 'before its date', reason: 'still paid', given: { isExpired: null, expiresAt: now + 1 }, want: false },
    {
      name: 'without mark or date',
      reason: 'unknown is no issue',
      given: { isExpired: null, expiresAt: null },
      want: false,
    },
  ])('is $want for a DID $name: $reason', ({ given, want }) => {
    expect(isExpired(aDid(given), now)).toBe(want);
  });
});
