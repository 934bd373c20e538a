import {
  aDidKey,
  anAgentId,
  anObservation,
  anyKey,
  anySpec,
  anyWorld,
  aPhoneNumberId,
  applySteps,
  aRouting,
  knowledgeOf,
  OBSERVED_AT,
  snapshotOf,
  WEBSOCKET_URL,
  type ModelWorld,
} from '@dialtone/testing';
import * as fc from 'fast-check';
import type { BindingSpec, Release } from './binding';
import type { DidKey } from './ids';
import type { KeyObservation } from './observation';
import { observeSnapshot } from './observe';
import { planFor, unfilteredPlan, type PlanTerms } from './plan-for';
import { effectOf } from './step-effects';
import { restraintsOf, type Restraint } from './steering';
import type { Plan, StepKind } from './steps';

const key = aDidKey('918011223344');
const agentId = anAgentId();
const spec: BindingSpec = {
  agentId,
  clientId: null,
  botName: null,
  websocketUrl: null,
  mode: 'enforce',
  release: 'keep',
};
const observation = anObservation({
  key,
  routing: aRouting({ id: 120, key, outboundBotId: 93, forInboundCall: 2, inboundTrunkId: 31 }),
  local: { id: aPhoneNumberId(), key, agentId, agentName: null },
});
const termsOf = (releasing: Release, restraints: readonly Restraint[] = [], declared = spec): PlanTerms => ({
  spec: declared,
  releasing,
  restraints,
  doubtedBotIds: new Set(),
  defaultWebsocketUrl: WEBSOCKET_URL,
  now: OBSERVED_AT,
});
const stepOf = (plan: Plan, kind: StepKind) => {
  const found = plan.find(({ step }) => step === kind);
  if (found === undefined) throw new Error('A plan has all six steps');
  return found;
};
const effectIn = (releasing: Release, kind: StepKind, restraints: readonly Restraint[] = []) => {
  const terms = termsOf(releasing, restraints);
  const wanted = stepOf(unfilteredPlan(terms, observation), kind);
  return effectOf(stepOf(planFor(terms, observation), kind), wanted, observation);
};
const restrainedBy = (given: Partial<Parameters<typeof restraintsOf>[0]>): readonly Restraint[] =>
  restraintsOf({
    modes: { deployment: 'enforce', partner: 'enforce', connection: 'enforce', declaration: 'enforce' },
    dryRun: false,
    standing: [],
    ...given,
  });

describe('the plan of a binding that is being released', () => {
  it('has all six steps, of which only the released one is left to do', () => {
    for (const [release, kind] of [
      ['outbound_off', 'ensure_routing'],
      ['unassign_agent', 'assign_agent'],
    ] as const) {
      const plan = planFor(termsOf(release), observation);
      expect(plan.map(({ step }) => step)).toHaveLength(6);
      expect(plan.flatMap(({ step, status }) => (status === 'already' ? [] : [step, status]))).toEqual([
        kind,
        'needed',
      ]);
    }
  });

  it('says what switching outbound calls off does: every field, a call to VoiceLink, and what it takes away', () => {
    const { fields, risk, why, calls } = effectIn('outbound_off', 'ensure_routing');
    expect(fields.filter(({ before, after }) => before !== after)).toEqual([
      { field: 'for_outbound_call', before: 3, after: 4 },
      { field: 'outbound_websocket_bot_id', before: 93, after: null },
    ]);
    expect(fields).toContainEqual({ field: 'inbound_sip_trunk_id', before: 31, after: 31 });
    expect([risk, calls]).toEqual(['high', 1]);
    expect(why).toContain('bot_id=93');
  });

  it('says that unassigning an agent costs nothing at VoiceLink', () => {
    expect(effectIn('unassign_agent', 'assign_agent')).toMatchObject({
      fields: [{ field: 'agent_id', before: agentId, after: null }],
      risk: 'medium',
      calls: 0,
    });
  });

  it.each([
    { given: 'dry-run', restraints: restrainedBy({ dryRun: true }), status: 'skipped' },
    {
      given: 'create-only',
      restraints: restrainedBy({
        modes: { deployment: 'enforce', partner: 'enforce', connection: 'create-only', declaration: 'enforce' },
      }),
      status: 'blocked',
    },
  ])('keeps the step back under $given, and says what it would do at no cost', ({ restraints, status }) => {
    expect(stepOf(planFor(termsOf('outbound_off', restraints), observation), 'ensure_routing').status).toBe(status);
    const { fields, calls, risk } = effectIn('outbound_off', 'ensure_routing', restraints);
    expect(fields).toContainEqual({ field: 'for_outbound_call', before: 3, after: 4 });
    expect([calls, risk]).toEqual([0, 'none']);
  });

  it('is blocked on lists that leave open where calls go, and leaves an agent that others assigned', () => {
    const unknown = { ...observation, unknown: ['routing' as const] };
    expect(stepOf(planFor(termsOf('outbound_off'), unknown), 'ensure_routing')).toMatchObject({
      status: 'blocked',
      reason: 'observation_incomplete',
    });
    const other = { ...spec, agentId: anAgentId() };
    expect(planFor(termsOf('unassign_agent', [], other), observation).every(({ status }) => status === 'already')).toBe(
      true,
    );
  });

  it('leaves nothing to do once it was done, in any world', () => {
    const anyRelease = fc.constantFrom<Release>('outbound_off', 'unassign_agent');
    const observe = (world: ModelWorld, one: DidKey): KeyObservation => {
      const known = knowledgeOf(world, new Map([[one, null]]));
      const found = [...observeSnapshot(snapshotOf(world), known)].find((seen) => seen.key === one);
      if (found === undefined) throw new Error('A declared key is always observed');
      return found;
    };
    fc.assert(
      fc.property(anyWorld(), anyKey, anySpec, anyRelease, (world, one, declared, release) => {
        const terms = termsOf(release, [], declared);
        const before = planFor(terms, observe(world, one));
        if (before.some(({ status }) => status === 'blocked')) return;
        const after = applySteps(world, one, before);
        expect(planFor(terms, observe(after, one)).every(({ status }) => status === 'already')).toBe(true);
      }),
    );
  });
});
