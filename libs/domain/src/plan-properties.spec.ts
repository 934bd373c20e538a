import {
  anyKey,
  anyMemory,
  anySpec,
  anyWorld,
  applySteps,
  deepFreeze,
  knowledgeOf,
  knownMode,
  OBSERVED_AT,
  routingRow,
  snapshotOf,
  WEBSOCKET_URL,
  type ModelWorld,
} from '@dialtone/testing';
import * as fc from 'fast-check';
import type { BindingSpec } from './binding';
import type { DidKey } from './ids';
import { judgeReadiness } from './judge';
import { observeSnapshot } from './observe';
import { NOTHING_SEEN } from './presence';
import { planSteps } from './plan';
import { routingToBot } from './steps';
import { type Plan, type PlannedStep } from './steps';
import { type KeyObservation, type PresenceMemory } from './observation';
import { type Readiness } from './readiness';
import type { Snapshot } from './snapshot';

const planContext = deepFreeze({ now: OBSERVED_AT, defaultWebsocketUrl: WEBSOCKET_URL });
const RUNS = { numRuns: 500 };

const observe = (
  world: ModelWorld,
  { key, spec }: Case,
  { memory = NOTHING_SEEN, snapshot = snapshotOf(world) }: { memory?: PresenceMemory; snapshot?: Snapshot } = {},
): KeyObservation => {
  const known = knowledgeOf(world, new Map([[key, spec.clientId]]), new Map([[key, memory]]));
  const observation = [...observeSnapshot(snapshot, known)].find((one) => one.key === key);
  if (observation === undefined) throw new Error('A declared key is always observed');
  return deepFreeze(observation);
};

interface Case {
  readonly key: DidKey;
  readonly spec: BindingSpec;
}

const anyCase: fc.Arbitrary<Case> = fc.record({ key: anyKey, spec: anySpec }).map(deepFreeze);
const anyHonestWorld = anyWorld().map(deepFreeze);
const anyLyingWorld = anyWorld({ listLies: true }).map(deepFreeze);

const judge = (observation: KeyObservation, { spec }: Case): Readiness =>
  deepFreeze(judgeReadiness(observation, deepFreeze({ declaredAgentId: spec.agentId, now: OBSERVED_AT })));
const plan = (observation: KeyObservation, { spec }: Case): Plan =>
  deepFreeze(planSteps(spec, observation, planContext));

type NeededStep = Extract<PlannedStep, { status: 'needed' }>;
const neededOf = (steps: Plan): readonly NeededStep[] => steps.filter((step) => step.status === 'needed');
const isBlocked = (steps: Plan): boolean => steps.some(({ status }) => status === 'blocked');
const isWaiting = (steps: Plan): boolean =>
  steps.some((step) => step.status === 'blocked' && step.reason === 'observation_incomplete');
const createsOf = (steps: readonly NeededStep[]): number =>
  steps.filter(({ action }) => 'verb' in action && action.verb === 'create').length;

/** Rounds of observe and act until nothing is left to do; each round may end after any number of its steps. */
const settle = (
  start: ModelWorld,
  one: Case,
  options: { readonly memory: PresenceMemory; readonly crashAfter: readonly number[] },
): { readonly world: ModelWorld; readonly rounds: number; readonly creates: number; readonly steps: Plan } => {
  let { memory } = options;
  let world = start;
  let creates = 0;
  for (let round = 0; round < 20; round += 1) {
    const observation = observe(world, one, { memory });
    memory = observation.presence;
    const steps = plan(observation, one);
    const taken = neededOf(steps).slice(0, options.crashAfter[round] ?? Infinity);
    if (neededOf(steps).length === 0 && !isWaiting(steps)) return { world, rounds: round, creates, steps };
    creates += createsOf(taken);
    world = deepFreeze(applySteps(world, one.key, taken));
  }
  throw new Error('It does not settle');
};

const withoutIds = (world: ModelWorld): unknown => ({
  ...world,
  local: world.local.map(({ key, agentId }) => ({ key, agentId })),
});

describe('the plan', () => {
  it('leaves nothing to do after one run in an honest world, however often one looks', () => {
    fc.assert(
      fc.property(anyHonestWorld, anyCase, (world, one) => {
        const settled = deepFreeze(applySteps(world, one.key, plan(observe(world, one), one)));
        const first = observe(settled, one);
        const second = observe(settled, one, { memory: first.presence });
        expect([neededOf(plan(first, one)), neededOf(plan(second, one))]).toEqual([[], []]);
      }),
      RUNS,
    );
  });

  it('makes the key READY in one run in an honest world, unless it is blocked', () => {
    fc.assert(
      fc.property(anyHonestWorld, anyCase, (world, one) => {
        const steps = plan(observe(world, one), one);
        fc.pre(!isBlocked(steps));
        const next = observe(deepFreeze(applySteps(world, one.key, steps)), one);
        expect(judge(next, one)).toMatchObject({ state: 'READY', issues: [], complete: true });
        expect(plan(next, one).map(({ status }) => status)).toEqual(Array(6).fill('already'));
      }),
      RUNS,
    );
  });

  it('settles with any memory and with a list that lies about bots', () => {
    fc.assert(
      fc.property(anyLyingWorld, anyCase, anyMemory, (world, one, memory) => {
        expect(settle(world, one, { memory, crashAfter: [] }).rounds).toBeLessThanOrEqual(6);
      }),
      RUNS,
    );
  });

  it('makes the key READY even so, unless it is blocked', () => {
    fc.assert(
      fc.property(anyLyingWorld, anyCase, anyMemory, (world, one, memory) => {
        const { world: end, steps } = settle(world, one, { memory, crashAfter: [] });
        fc.pre(!isBlocked(steps));
        expect(judge(observe(end, one), one).state).toBe('READY');
      }),
      RUNS,
    );
  });

  it('comes to the same end after a crash behind any of its steps, creating no more than without', () => {
    const crashes = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 });
    fc.assert(
      fc.property(anyLyingWorld, anyCase, crashes, (world, one, crashAfter) => {
        const straight = settle(world, one, { memory: NOTHING_SEEN, crashAfter: [] });
        const crashed = settle(world, one, { memory: NOTHING_SEEN, crashAfter });
        expect(crashed.creates).toBe(straight.creates);
        expect(withoutIds(crashed.world)).toEqual(withoutIds(straight.world));
      }),
      RUNS,
    );
  });

  it('never touches a mapping that is there, other keys, other clients, or more than one bot and one record', () => {
    fc.assert(
      fc.property(anyLyingWorld, anyCase, (world, one) => {
        const { world: end, creates } = settle(world, one, { memory: NOTHING_SEEN, crashAfter: [] });
        expect(creates).toBeLessThanOrEqual(2);
        const mappingsOf = (given: ModelWorld): unknown =>
          given.dids
            .filter((_, at) => world.dids[at]?.clientId !== null)
            .map(({ didId, clientId }) => [didId, clientId]);
        expect(mappingsOf(end)).toEqual(mappingsOf(world));
        const foreign = (given: ModelWorld): unknown => ({
          dids: given.dids.filter(({ key }) => key !== one.key),
          routing: given.routing.filter(({ key }) => key !== one.key),
          local: given.local.filter(({ key }) => key !== one.key),
        });
        expect(foreign(end)).toEqual(foreign(world));
        const clients = new Set([...end.dids.filter(({ key }) => key === one.key).map(({ clientId }) => clientId)]);
        const botsOfOthers = (given: ModelWorld): unknown =>
          given.bots.filter(({ clientId }) => !clients.has(clientId));
        expect(botsOfOthers(end)).toEqual(botsOfOthers(world));
      }),
      RUNS,
    );
  });

  it('sends the inbound half of a record back byte for byte', () => {
    const inbound = (row: {
      readonly forInboundCall: number | null;
      readonly inboundBotId: number | null;
      readonly inboundTrunkId: number | null;
    }): string => JSON.stringify([row.forInboundCall, row.inboundBotId, row.inboundTrunkId]);
    fc.assert(
      fc.property(routingRow(knownMode), fc.option(fc.nat()), (row, botId) => {
        expect(inbound(routingToBot(deepFreeze(row), botId))).toBe(inbound(row));
      }),
      RUNS,
    );
    fc.assert(
      fc.property(anyLyingWorld, anyCase, (world, one) => {
        const { world: end } = settle(world, one, { memory: NOTHING_SEEN, crashAfter: [] });
        expect(end.routing.slice(0, world.routing.length).map(inbound)).toEqual(world.routing.map(inbound));
      }),
      RUNS,
    );
  });
});
