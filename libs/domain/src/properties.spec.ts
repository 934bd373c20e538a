import {
  anyKey,
  anyMemory,
  anySections,
  anySpec,
  anyWorld,
  applySteps,
  deepFreeze,
  failed,
  KEYS,
  knowledgeOf,
  knownMode,
  OBSERVED_AT,
  routingRow,
  snapshotOf,
  truncated,
  WEBSOCKET_URL,
  type ModelWorld,
} from '@dialtone/testing';
import * as fc from 'fast-check';
import type { BindingSpec } from './binding';
import { digestOf } from './digest';
import type { DidKey } from './ids';
import { judgeReadiness } from './judge';
import { observeSnapshot } from './observe';
import { NOTHING_SEEN } from './presence';
import { planSteps } from './plan';
import { routingToBot } from './steps';
import { STEP_KINDS, type Plan, type PlannedStep, type StepKind } from './steps';
import { ISSUES, type Issue } from './issues';
import { type KeyObservation, type PresenceMemory } from './observation';
import { type Readiness } from './readiness';
import type { Section, Snapshot } from './snapshot';

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

describe('the decisions', () => {
  it('do not depend on the order of rows', () => {
    const shuffled = anyHonestWorld.chain((world) =>
      fc.record({
        world: fc.constant(world),
        other: fc.record({
          dids: fc.shuffledSubarray([...world.dids], { minLength: world.dids.length }),
          bots: fc.shuffledSubarray([...world.bots], { minLength: world.bots.length }),
          routing: fc.shuffledSubarray([...world.routing], { minLength: world.routing.length }),
          local: fc.shuffledSubarray([...world.local], { minLength: world.local.length }),
        }),
      }),
    );
    fc.assert(
      fc.property(shuffled, anyCase, anyMemory, ({ world, other }, one, memory) => {
        const decide = (given: ModelWorld): unknown => {
          const observation = observe(given, one, { memory });
          const readiness = judge(observation, one);
          return { observation, readiness, steps: plan(observation, one), digest: digestOf(observation, readiness) };
        };
        expect(decide(deepFreeze({ ...world, ...other }))).toEqual(decide(world));
      }),
      RUNS,
    );
  });

  it('list every key once, sorted, whatever the order of rows', () => {
    fc.assert(
      fc.property(anyHonestWorld, (world) => {
        const keys = [...observeSnapshot(snapshotOf(world), knowledgeOf(world))].map(({ key }) => key);
        const known = KEYS.filter((key) => [...world.dids, ...world.local].some((row) => row.key === key));
        expect(keys).toEqual(known.toSorted((a, b) => (a < b ? -1 : 1)));
      }),
      RUNS,
    );
  });

  it('say READY exactly when all is known and nothing is wrong, and order issues by precedence', () => {
    fc.assert(
      fc.property(anyHonestWorld, anyCase, anyMemory, anySections, (world, one, memory, gone) => {
        const readiness = judge(observe(world, one, { memory, snapshot: withoutSections(world, gone) }), one);
        const { state, issues, complete } = readiness;
        expect(state === 'READY').toBe(complete && issues.length === 0);
        expect(issues).toEqual(ISSUES.filter((issue) => issues.includes(issue)));
        expect(state).toBe(issues[0] ?? (complete ? 'READY' : 'UNKNOWN'));
        expect(readiness.actionItems.map(({ code }) => code)).toEqual(issues);
      }),
      RUNS,
    );
  });
});

/** These lists fail; with rows given, they are cut off instead and hold those rows. */
const withoutSections = (world: ModelWorld, gone: readonly Section[], rows?: ModelWorld): Snapshot => {
  const lost = rows && snapshotOf(rows);
  const listing = (section: Section): unknown => (lost ? truncated<unknown>(lost[section].rows) : failed());
  return snapshotOf(world, Object.fromEntries(gone.map((section) => [section, listing(section)])));
};

describe('what is unknown', () => {
  /** By the documented meaning of each, not by the code's own table. */
  const SECTION_OF_ISSUE: Readonly<Record<Issue, readonly Section[]>> = {
    REMOTE_DID_DELETED: ['dids'],
    REMOTE_DID_EXPIRED: ['dids'],
    NOT_IMPORTED: ['dids'],
    NO_CLIENT_MAPPING: ['dids'],
    NO_BOT: ['dids', 'bots'],
    ROUTING_MISSING: ['dids', 'routing'],
    ROUTING_CHANGED: ['dids', 'bots', 'routing'],
    NO_VOCOBASE_AGENT: [],
  };
  const SECTION_OF_STEP: Readonly<Record<StepKind, readonly Section[]>> = {
    resolve_did: ['dids'],
    import_did: ['dids'],
    client_mapping: ['dids'],
    ensure_bot: ['dids', 'bots'],
    ensure_routing: ['dids', 'bots', 'routing'],
    assign_agent: ['dids'],
  };

  it('never leads to an issue or to a needed step', () => {
    fc.assert(
      fc.property(anyHonestWorld, anyCase, anyMemory, anySections, (world, one, memory, gone) => {
        const observation = observe(world, one, { memory, snapshot: withoutSections(world, gone) });
        const readiness = judge(observation, one);
        const unknown = new Set([...gone, ...readiness.unknownSections]);
        const touched = [
          ...readiness.issues.flatMap((issue) => SECTION_OF_ISSUE[issue]),
          ...neededOf(plan(observation, one)).flatMap(({ step }) => SECTION_OF_STEP[step]),
        ];
        expect(touched.filter((section) => unknown.has(section))).toEqual([]);
      }),
      RUNS,
    );
  });

  it('has no influence: a cut-off list decides as one that failed', () => {
    fc.assert(
      fc.property(anyHonestWorld, anyHonestWorld, anyCase, anySections, (world, other, one, gone) => {
        const decide = (snapshot: Snapshot): unknown => {
          const observation = observe(world, one, { snapshot });
          return [observation, judge(observation, one), plan(observation, one)];
        };
        expect(decide(withoutSections(world, gone, other))).toEqual(decide(withoutSections(world, gone)));
      }),
      RUNS,
    );
  });

  it('is told from nothing: a first absence of what was there leads to no write for it', () => {
    fc.assert(
      fc.property(anyHonestWorld, anyCase, anySections, (world, one, empty) => {
        const before = observe(world, one);
        const snapshot = snapshotOf(world, Object.fromEntries(empty.map((section) => [section, []])));
        const next = observe(world, one, { snapshot, memory: before.presence });
        const missed: readonly StepKind[] = [
          ...(before.did !== null && next.did === null ? STEP_KINDS : []),
          ...(before.presence.bot === 'present' && next.bots.length === 0 ? (['ensure_bot'] as const) : []),
          ...(before.routing !== null && next.routing === null ? (['ensure_routing'] as const) : []),
        ];
        const steps = neededOf(plan(next, one)).map(({ step }) => step);
        expect(steps.filter((step) => missed.includes(step))).toEqual([]);
      }),
      RUNS,
    );
  });
});

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
