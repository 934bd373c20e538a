import {
  anyKey,
  anyMemory,
  anySections,
  anySpec,
  anyWorld,
  deepFreeze,
  failed,
  KEYS,
  knowledgeOf,
  OBSERVED_AT,
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

const judge = (observation: KeyObservation, { spec }: Case): Readiness =>
  deepFreeze(judgeReadiness(observation, deepFreeze({ declaredAgentId: spec.agentId, now: OBSERVED_AT })));
const plan = (observation: KeyObservation, { spec }: Case): Plan =>
  deepFreeze(planSteps(spec, observation, planContext));

type NeededStep = Extract<PlannedStep, { status: 'needed' }>;
const neededOf = (steps: Plan): readonly NeededStep[] => steps.filter((step) => step.status === 'needed');

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
        if (state === 'REMOTE_DID_NEVER_SEEN') expect(issues).toEqual([]);
        else expect(state === 'READY').toBe(complete && issues.length === 0);
        expect(issues).toEqual(ISSUES.filter((issue) => issues.includes(issue)));
        if (state !== 'REMOTE_DID_NEVER_SEEN') expect(state).toBe(issues[0] ?? (complete ? 'READY' : 'UNKNOWN'));
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
