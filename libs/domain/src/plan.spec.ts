import { aBot, aDid, aDidKey, anObservation, aPhoneNumber, aRouting, aSpec, OBSERVED_AT } from '@dialtone/testing';
import { planSteps } from './plan';
import { type PlanSpec } from './steps';
import { STEP_KINDS, type Plan, type PlannedStep, type StepAction, type StepKind } from './steps';
import { type KeyObservation } from './observation';

const OURS = 'wss://bots.example.test/ws';
const context = { now: OBSERVED_AT, defaultWebsocketUrl: OURS };

const key = aDidKey('918011223344');
const did = aDid({ key, didId: 812, clientId: 415 });
const unmapped = aDid({ ...did, clientId: null });
const bot = aBot({ id: 93, clientId: 415, websocketUrl: OURS });
const routing = aRouting({ id: 120, key, outboundBotId: 93, forInboundCall: 2, inboundTrunkId: 31 });
const spec = aSpec();
const local = aPhoneNumber({ key, agentId: spec.agentId });
const served: Partial<KeyObservation> = { key, did, bots: [bot], routing, local };

const plan = (overrides: Partial<KeyObservation>, declared: PlanSpec = spec): Plan =>
  planSteps(declared, anObservation({ ...served, ...overrides }), context);

const stepOf = (
  kind: StepKind,
  overrides: Partial<KeyObservation>,
  declared: PlanSpec = spec,
): PlannedStep | undefined => plan(overrides, declared).find(({ step }) => step === kind);

const actionOf = (kind: StepKind, overrides: Partial<KeyObservation>, declared: PlanSpec = spec): StepAction | null => {
  const step = stepOf(kind, overrides, declared);
  return step?.status === 'needed' ? step.action : null;
};

const summary = (steps: Plan): readonly string[] =>
  steps.map((step) => `${step.status}${'reason' in step ? `:${step.reason}` : ''}`);
const after = (...first: readonly string[]): readonly string[] => [
  ...first,
  ...Array<string>(6 - first.length).fill('blocked:blocked_by_earlier_step'),
];

describe('planSteps', () => {
  const cases: readonly {
    readonly name: string;
    readonly reason: string;
    readonly given: Partial<KeyObservation>;
    readonly declared?: PlanSpec;
    readonly want: readonly string[];
  }[] = [
    { name: 'as declared', reason: 'nothing to do', given: {}, want: Array<string>(6).fill('already') },
    {
      name: 'fresh',
      reason: 'all of it, the client being given',
      given: { did: unmapped, bots: [], routing: null, local: null },
      declared: aSpec({ clientId: 415 }),
      want: ['already', 'needed', 'needed', 'needed', 'needed', 'needed'],
    },
    {
      name: 'not among the purchased DIDs',
      reason: 'it is never bought',
      given: { did: null },
      want: after('blocked:did_not_found'),
    },
    {
      name: 'expired',
      reason: 'it is never renewed',
      given: { did: aDid({ ...did, isExpired: true }) },
      want: after('blocked:did_expired'),
    },
    {
      name: 'past its date',
      reason: 'no mark says otherwise',
      given: { did: aDid({ ...did, isExpired: null, expiresAt: OBSERVED_AT - 1 }) },
      want: after('blocked:did_expired'),
    },
    {
      name: 'not listed because the list failed',
      reason: 'unknown is not absent',
      given: { did: null, unknown: ['dids'] },
      want: after('blocked:observation_incomplete'),
    },
    {
      name: 'listed no more for the first time',
      reason: 'one listing proves nothing',
      given: { did: null, presence: { did: 'suspect', bot: 'present', routing: 'present' } },
      want: after('blocked:observation_incomplete'),
    },
    {
      name: 'unmapped without a client to map to',
      reason: 'the import stands; mapping is never guessed',
      given: { did: unmapped, local: null },
      want: after('already', 'needed', 'blocked:client_required'),
    },
    {
      name: 'mapped to another client than the declared one',
      reason: 'it is never re-mapped, and nothing is built on it',
      given: {},
      declared: aSpec({ clientId: 416 }),
      want: after('already', 'already', 'blocked:client_mismatch'),
    },
    {
      name: 'mapped to the declared client',
      reason: 'as declared',
      given: {},
      declared: { ...spec, clientId: 415 },
      want: Array<string>(6).fill('already'),
    },
    {
      name: 'without bots because the list failed',
      reason: 'a second bot must not come of it',
      given: { bots: [], unknown: ['bots'] },
      want: after('already', 'already', 'already', 'blocked:observation_incomplete'),
    },
    {
      name: 'without its bot for the first time',
      reason: 'one listing proves nothing',
      given: { bots: [], presence: { did: 'present', bot: 'suspect', routing: 'present' } },
      want: after('already', 'already', 'already', 'blocked:observation_incomplete'),
    },
    {
      name: 'without routing because the list failed',
      reason: 'nothing is created over a record that may be there',
      given: { routing: null, unknown: ['routing'] },
      want: after('already', 'already', 'already', 'already', 'blocked:observation_incomplete'),
    },
    {
      name: 'without routing for the first time',
      reason: 'one listing proves nothing',
      given: { routing: null, presence: { did: 'present', bot: 'present', routing: 'suspect' } },
      want: after('already', 'already', 'already', 'already', 'blocked:observation_incomplete'),
    },
    {
      name: 'to be rerouted with an inbound half that cannot be read',
      reason: 'an update would overwrite it',
      given: { routing: aRouting({ ...routing, outboundBotId: 7, forInboundCall: null, inboundTrunkId: null }) },
      want: after('already', 'already', 'already', 'already', 'blocked:observation_incomplete'),
    },
    {
      name: 'well routed with an inbound half that cannot be read',
      reason: 'nothing is to be written',
      given: { routing: aRouting({ ...routing, forInboundCall: null, inboundTrunkId: null }) },
      want: Array<string>(6).fill('already'),
    },
    {
      name: 'called ready without an agent',
      reason: 'a one-off request may leave it out',
      given: {},
      declared: { ...spec, agentId: null },
      want: ['already', 'already', 'already', 'already', 'already', 'skipped:agent_not_given'],
    },
    {
      name: 'imported without an agent',
      reason: 'only our own row changes',
      given: { local: aPhoneNumber({ ...local, agentId: null }) },
      want: ['already', 'already', 'already', 'already', 'already', 'needed'],
    },
  ];

  it.each(cases)('for a DID $name: $reason', ({ given, declared, want }) => {
    const steps = plan(given, declared);
    expect(summary(steps)).toEqual(want);
    expect(steps.map(({ step }) => step)).toEqual(STEP_KINDS);
  });

  it('explains every block with a remedy', () => {
    const detail = (kind: StepKind, overrides: Partial<KeyObservation>, declared?: PlanSpec): string =>
      stepOf(kind, overrides, declared)?.detail ?? '';
    expect(detail('resolve_did', { did: null })).toContain('buy it in VoiceLink or correct the number');
    expect(detail('resolve_did', { did: aDid({ ...did, isExpired: true }) })).toContain('renew it in VoiceLink');
    expect(detail('client_mapping', { did: unmapped })).toContain('give client_id to map it');
    expect(detail('client_mapping', {}, aSpec({ clientId: 416 }))).toContain('or give client_id=415');
    expect(detail('ensure_bot', { unknown: ['bots'] })).toContain('The VoiceLink bots list is not complete');
    expect(detail('assign_agent', { did: null })).toBe('Not reached: an earlier step is blocked');
  });

  it.each([
    { where: 'the configured endpoint', websocketUrl: OURS, declared: spec, isTold: false },
    {
      where: 'the declared endpoint',
      websocketUrl: 'wss://own.test/ws',
      declared: aSpec({ websocketUrl: 'wss://own.test/ws/' }),
      isTold: false,
    },
    { where: 'nobody knows where', websocketUrl: null, declared: spec, isTold: false },
    { where: 'another endpoint', websocketUrl: 'wss://other.test/ws?token=hush', declared: spec, isTold: true },
  ])('tells $isTold of an active bot that points to $where', ({ websocketUrl, declared, isTold }) => {
    const step = stepOf('ensure_bot', { bots: [aBot({ ...bot, websocketUrl })] }, declared);
    expect(step?.status).toBe('already');
    expect(/points to another endpoint/.test(step?.detail ?? '')).toBe(isTold);
    expect(step?.detail).not.toContain('hush');
  });

  it('names what is there already, as the documented answers do', () => {
    expect(plan({}).map((step) => ('data' in step ? step.data : undefined))).toEqual([
      { did_id: 812, client_id: 415 },
      { local_phone_number_id: local.id },
      { client_id: 415 },
      { bot_id: 93 },
      { routing_id: 120, bot_id: 93 },
      { agent_id: spec.agentId },
    ]);
  });
});

describe('import_did', () => {
  it('imports the number under its key', () => {
    expect(actionOf('import_did', { local: null })).toEqual({
      kind: 'import_did',
      phoneNumber: '+918011223344',
      friendlyName: '918011223344',
    });
  });

  it('leaves the row id of a later assignment open', () => {
    expect(actionOf('assign_agent', { local: null })).toEqual({
      kind: 'assign_agent',
      phoneNumberId: null,
      agentId: spec.agentId,
    });
  });
});

describe('client_mapping', () => {
  it('maps with call recording off', () => {
    expect(actionOf('client_mapping', { did: unmapped }, aSpec({ clientId: 415 }))).toEqual({
      kind: 'client_mapping',
      didId: 812,
      clientId: 415,
      callRecording: 0,
    });
  });
});
