import { aBot, aDid, anObservation, aSpec, deepFreeze } from '@dialtone/testing';
import { planSteps } from './plan';
import { type Plan } from './steps';
import { applyPolicy } from './policy';
import { type KeyObservation } from './observation';

const HELD = 'eleven DIDs vanished';
const context = { now: 0, defaultWebsocketUrl: 'wss://bots.example.test/ws' };
const spec = aSpec();

const planFor = (overrides: Partial<KeyObservation>): Plan =>
  deepFreeze(planSteps(spec, anObservation(overrides), context));

const did = aDid({ clientId: 415 });
const everythingToDo = planFor({ did, bots: [], routing: null, local: null });
const nothingRemoteToDo = planFor({ local: null });

const summary = (plan: Plan): readonly string[] =>
  plan.map((step) => `${step.status}${'reason' in step ? `:${step.reason}` : ''}`);

describe('applyPolicy', () => {
  const cases: readonly {
    readonly name: string;
    readonly reason: string;
    readonly given: readonly [Plan, Parameters<typeof applyPolicy>[1]];
    readonly want: readonly string[];
  }[] = [
    {
      name: 'enforce',
      reason: 'it may do everything',
      given: [everythingToDo, { mode: 'enforce', writesHeld: null }],
      want: ['already', 'needed', 'already', 'needed', 'needed', 'needed'],
    },
    {
      name: 'observe',
      reason: 'it only reports',
      given: [everythingToDo, { mode: 'observe', writesHeld: null }],
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
      given: [everythingToDo, { mode: 'dry_run', writesHeld: null }],
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
      given: [nothingRemoteToDo, { mode: 'observe', writesHeld: HELD }],
      want: ['already', 'skipped:mode_observe', 'already', 'already', 'already', 'skipped:mode_observe'],
    },
    {
      name: 'held writes',
      reason: 'the import is ours; what follows a held step waits',
      given: [everythingToDo, { mode: 'enforce', writesHeld: HELD }],
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
      given: [nothingRemoteToDo, { mode: 'enforce', writesHeld: HELD }],
      want: ['already', 'needed', 'already', 'already', 'already', 'needed'],
    },
    {
      name: 'held writes on a blocked plan',
      reason: 'the reason that is there stays',
      given: [planFor({ did: null }), { mode: 'enforce', writesHeld: HELD }],
      want: ['blocked:did_not_found', ...Array<string>(5).fill('blocked:blocked_by_earlier_step')],
    },
  ];

  it.each(cases)('with $name: $reason', ({ given, want }) => {
    expect(summary(applyPolicy(...given))).toEqual(want);
  });

  it('says what it did not do, and why', () => {
    expect(applyPolicy(everythingToDo, { mode: 'enforce', writesHeld: HELD })[3]?.detail).toBe(
      `Create active WebSocket bot "Vocobase +${everythingKey}" for client 415 (held: ${HELD})`,
    );
    expect(applyPolicy(everythingToDo, { mode: 'observe', writesHeld: null })[1]?.detail).toMatch(
      /^Import .* \(not done: mode is observe\)$/,
    );
    expect(applyPolicy(everythingToDo, { mode: 'dry_run', writesHeld: null })[1]?.detail).toMatch(
      /^Import .* \(not done: dry-run is on\)$/,
    );
  });

  it('holds the activation of a bot and the repair of a routing too', () => {
    const offBot = aBot({ clientId: did.clientId, active: false });
    expect(summary(applyPolicy(planFor({ did, bots: [offBot] }), { mode: 'enforce', writesHeld: HELD }))[3]).toBe(
      'blocked:writes_held',
    );
    const otherBot = aBot({ clientId: did.clientId });
    expect(summary(applyPolicy(planFor({ did, bots: [otherBot] }), { mode: 'enforce', writesHeld: HELD }))[4]).toBe(
      'blocked:writes_held',
    );
  });

  const everythingKey = /\+(\d+)/.exec(everythingToDo[1]?.detail ?? '')?.[1] ?? '';
});
