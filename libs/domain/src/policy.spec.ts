import { aBot, aDid, anObservation, aSpec, deepFreeze } from '@dialtone/testing';
import { planSteps } from './plan';
import { changesWhatExists, type Plan } from './steps';
import { applyPolicy } from './policy';
import { type KeyObservation } from './observation';
import type { BindingMode } from './binding';
import { heldWrites, restraintsOf, type Restraint, type Steering } from './steering';

const OTHER_AGENT = '00000000-0000-4000-8000-00000000000b';
const HELD = 'eleven DIDs vanished';
const context = { now: 0, defaultWebsocketUrl: 'wss://bots.example.test/ws' };
const spec = aSpec();

const planFor = (overrides: Partial<KeyObservation>): Plan =>
  deepFreeze(planSteps(spec, anObservation(overrides), context));

const steering = (over: Partial<Steering> = {}): readonly Restraint[] =>
  restraintsOf({
    modes: { deployment: 'enforce', partner: 'enforce', connection: 'enforce', declaration: 'enforce' },
    dryRun: false,
    standing: [],
    ...over,
  });
const declared = (declaration: BindingMode): Steering['modes'] => ({
  ...{ deployment: 'enforce', partner: 'enforce', connection: 'enforce' },
  declaration,
});
const NONE = steering();
const OBSERVE = steering({ modes: declared('observe') });
const CREATE_ONLY = steering({ modes: declared('create-only') });
const DRY_RUN = steering({ dryRun: true });
const HOLD = steering({ standing: [heldWrites(HELD)] });
const OBSERVE_AND_HOLD = steering({ modes: declared('observe'), standing: [heldWrites(HELD)] });
const PAUSE = steering({ standing: [{ reason: 'paused', why: 'moving house', since: 1, until: 900 }] });
const CLOSED = steering({ standing: [{ reason: 'window_closed', why: 'a window', since: 1, until: 500 }] });

const apply = (plan: Plan, restraints: readonly Restraint[], observation: KeyObservation = anObservation()): Plan =>
  applyPolicy(plan, restraints, (needed) => changesWhatExists(needed, observation));

const did = aDid({ clientId: 415 });
const everythingToDo = planFor({ did, bots: [], routing: null, local: null });
const nothingRemoteToDo = planFor({ local: null });

const summary = (plan: Plan): readonly string[] =>
  plan.map((step) => `${step.status}${'reason' in step ? `:${step.reason}` : ''}`);

describe('applyPolicy', () => {
  const cases: readonly {
    readonly name: string;
    readonly reason: string;
    readonly given: readonly [Plan, readonly Restraint[]];
    readonly want: readonly string[];
  }[] = [
    {
      name: 'enforce',
      reason: 'it may do everything',
      given: [everythingToDo, NONE],
      want: ['already', 'needed', 'already', 'needed', 'needed', 'needed'],
    },
    {
      name: 'observe',
      reason: 'it only reports',
      given: [everythingToDo, OBSERVE],
      want: [
        'already',
        'skipped:mode_observe',
        'already',
        'skipped:mode_observe',
        'skipped:mode_observe',
        'skipped:mode_observe',
      ],
    },
    {
      name: 'dry-run',
      reason: 'it says what it would do',
      given: [everythingToDo, DRY_RUN],
      want: [
        'already',
        'skipped:mode_observe',
        'already',
        'skipped:mode_observe',
        'skipped:mode_observe',
        'skipped:mode_observe',
      ],
    },
    {
      name: 'observe with held writes',
      reason: 'there is nothing to hold',
      given: [nothingRemoteToDo, OBSERVE_AND_HOLD],
      want: ['already', 'skipped:mode_observe', 'already', 'already', 'already', 'skipped:mode_observe'],
    },
    {
      name: 'held writes',
      reason: 'the import is ours; what follows a held step waits',
      given: [everythingToDo, HOLD],
      want: [
        'already',
        'needed',
        'already',
        'blocked:writes_held',
        'blocked:blocked_by_earlier_step',
        'blocked:blocked_by_earlier_step',
      ],
    },
    {
      name: 'held writes and only our own rows to change',
      reason: 'a hold is about VoiceLink',
      given: [nothingRemoteToDo, HOLD],
      want: ['already', 'needed', 'already', 'already', 'already', 'needed'],
    },
    {
      name: 'held writes on a blocked plan',
      reason: 'the reason that is there stays',
      given: [planFor({ did: null }), HOLD],
      want: ['blocked:did_not_found', ...Array<string>(5).fill('blocked:blocked_by_earlier_step')],
    },
    {
      name: 'a pause',
      reason: 'not even our own rows change',
      given: [everythingToDo, PAUSE],
      want: ['already', 'blocked:paused', ...Array<string>(4).fill('blocked:blocked_by_earlier_step')],
    },
    {
      name: 'a closed window',
      reason: 'it is about VoiceLink, as a hold is',
      given: [everythingToDo, CLOSED],
      want: [
        'already',
        'needed',
        'already',
        'blocked:window_closed',
        'blocked:blocked_by_earlier_step',
        'blocked:blocked_by_earlier_step',
      ],
    },
    {
      name: 'create-only and nothing there',
      reason: 'everything is missing, so everything is made',
      given: [everythingToDo, CREATE_ONLY],
      want: ['already', 'needed', 'already', 'needed', 'needed', 'needed'],
    },
  ];

  it.each(cases)('with $name: $reason', ({ given, want }) => {
    expect(summary(apply(...given, anObservation({ did, local: null })))).toEqual(want);
  });

  it('says what it did not do, and why', () => {
    expect(apply(everythingToDo, HOLD)[3]?.detail).toBe(
      `Create active WebSocket bot "Vocobase +${everythingKey}" for client 415 (held: ${HELD})`,
    );
    expect(apply(everythingToDo, OBSERVE)[1]?.detail).toMatch(/^Import .* \(not done: mode is observe\)$/);
    expect(apply(everythingToDo, DRY_RUN)[1]?.detail).toMatch(/^Import .* \(not done: dry-run is on\)$/);
  });

  it('holds the activation of a bot and the repair of a routing too', () => {
    const offBot = aBot({ clientId: did.clientId, active: false });
    expect(summary(apply(planFor({ did, bots: [offBot] }), HOLD))[3]).toBe('blocked:writes_held');
    const otherBot = aBot({ clientId: did.clientId });
    expect(summary(apply(planFor({ did, bots: [otherBot] }), HOLD))[4]).toBe('blocked:writes_held');
  });

  it.each([
    { what: 'a bot that is off', given: { bots: [aBot({ clientId: did.clientId, active: false })] }, at: 3 },
    { what: 'a routing to another bot', given: { bots: [aBot({ clientId: did.clientId })] }, at: 4 },
    { what: 'another agent', given: { local: { ...anObservation().local, agentId: OTHER_AGENT } as never }, at: 5 },
  ])('create-only leaves $what as it is', ({ given, at }) => {
    const observation = anObservation({ ...('local' in given ? {} : { did }), ...given });
    const plan = apply(planSteps(spec, observation, context), CREATE_ONLY, observation);
    expect(summary(plan)[at]).toBe('blocked:mode_create_only');
    expect(summary(plan).slice(0, at).join()).not.toContain('blocked');
  });

  it('says when a block ends by itself', () => {
    expect(apply(everythingToDo, PAUSE)[1]).toMatchObject({ status: 'blocked', until: 900 });
    expect(apply(everythingToDo, CLOSED)[3]).toMatchObject({ status: 'blocked', until: 500 });
    expect(apply(everythingToDo, HOLD)[3]).not.toHaveProperty('until');
  });

  const everythingKey = /\+(\d+)/.exec(everythingToDo[1]?.detail ?? '')?.[1] ?? '';
});
