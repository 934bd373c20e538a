import { BINDING_MODES, READINESS_STATES, type Restraint } from '@dialtone/domain';
import * as fc from 'fast-check';
import { isStale } from '../freshness';
import { STALL_REASONS } from '../../ports/outcome';
import {
  CONDITION_REASONS,
  CONDITION_TYPES,
  type BindingOutcome,
  type Condition,
  type ConditionType,
} from './condition';
import { type ConditionFacts, type ConditionTerms, newConditionRecord, withContest } from './condition-facts';
import { conditionsOf } from './conditions';

const OUTCOMES: readonly BindingOutcome[] = ['pending', 'settled', 'progressing', 'retry', 'stalled'];

const RECORD = newConditionRecord(1_000);

const anyTime = fc.integer({ min: 0, max: 100_000 });
const anyTimeOrNone = fc.option(anyTime);

const anyRestraint: fc.Arbitrary<Restraint> = fc.record({
  reason: fc.constantFrom('writes_held', 'paused', 'window_closed'),
  why: fc.string(),
  since: anyTimeOrNone,
  until: anyTimeOrNone,
});

const anyFacts: fc.Arbitrary<ConditionFacts> = fc.record({
  generation: fc.integer({ min: 1, max: 9 }),
  mode: fc.constantFrom(...BINDING_MODES),
  status: fc.record({
    outcome: fc.constantFrom(...OUTCOMES),
    message: fc.option(fc.string()),
    observedGeneration: fc.integer({ min: 0, max: 9 }),
  }),
  verdict: fc
    .tuple(fc.constantFrom(...READINESS_STATES), fc.boolean(), anyTimeOrNone, fc.integer({ min: 0, max: 300 }))
    .map(([state, stale, observedAt, age]) => ({
      state,
      stale,
      observedAt,
      ageSeconds: observedAt === null ? null : age,
    })),
  record: fc.record({
    placedAt: anyTime,
    outcomeLeft: fc.dictionary(fc.constantFrom(...OUTCOMES), anyTime),
    stallReason: fc.option(fc.constantFrom(...STALL_REASONS)),
    modeTurns: fc.array(anyTime),
    readySince: anyTimeOrNone,
    freshSince: anyTimeOrNone,
    lookedAt: anyTimeOrNone,
    isDisconnected: fc.boolean(),
    modes: fc.record({ partner: fc.constantFrom(...BINDING_MODES), connection: fc.constantFrom(...BINDING_MODES) }),
    standing: fc.array(anyRestraint, { maxLength: 3 }),
    writesTurns: fc.array(anyTime),
    partnerTurns: fc.array(anyTime),
    restrained: fc.array(fc.record({ since: anyTime, until: anyTimeOrNone }), { maxLength: 3 }),
    watchedSince: anyTimeOrNone,
  }),
});
const anyTerms: fc.Arbitrary<ConditionTerms> = fc.record({
  freshForMs: fc.constant(120_000),
  mode: fc.constantFrom(...BINDING_MODES),
  dryRun: fc.boolean(),
});

const byType = (facts: ConditionFacts, terms: ConditionTerms): Readonly<Record<ConditionType, Condition>> =>
  Object.fromEntries(conditionsOf(facts, terms).map((one) => [one.type, one])) as Record<ConditionType, Condition>;

const holds = (predicate: (facts: ConditionFacts, terms: ConditionTerms) => void): void => {
  fc.assert(fc.property(anyFacts, anyTerms, predicate));
};

describe('conditions of a declaration', () => {
  it('are one of each type, in their order, each with a documented reason and no time before the declaration', () => {
    holds((facts, terms) => {
      const conditions = conditionsOf(facts, terms);
      expect(conditions.map(({ type }) => type)).toEqual(CONDITION_TYPES);
      for (const { type, reason, message, lastTransitionAt } of conditions) {
        expect(CONDITION_REASONS[type]).toContain(reason);
        expect(typeof message).toBe('string');
        expect(lastTransitionAt).toBeGreaterThanOrEqual(facts.record.placedAt);
      }
    });
  });

  it('Ready says what readiness says', () => {
    holds((facts, terms) => {
      const { state } = facts.verdict;
      const { Ready } = byType(facts, terms);
      expect([Ready.status === 'True', Ready.status === 'Unknown']).toEqual([state === 'READY', state === 'UNKNOWN']);
      expect(Ready.reason).toBe(state);
    });
  });

  it.each([
    ['pending', 'Unknown', 'True', 'False'],
    ['progressing', 'False', 'True', 'False'],
    ['retry', 'False', 'True', 'False'],
    ['settled', 'True', 'False', 'False'],
    ['stalled', 'False', 'False', 'True'],
  ] as const)('of outcome %s: Synced %s, Progressing %s, Stalled %s', (outcome, ...want) => {
    holds((facts, terms) => {
      const { Synced, Progressing, Stalled } = byType({ ...facts, status: { ...facts.status, outcome } }, terms);
      expect([Synced.status, Progressing.status, Stalled.status]).toEqual(want);
    });
  });

  it('DataFresh is False exactly when readiness is stale, and Unknown only before the first look', () => {
    holds((facts, terms) => {
      const { DataFresh } = byType(facts, terms);
      const stale = isStale(facts.verdict, terms.freshForMs);
      expect(DataFresh.status === 'False').toBe(stale);
      expect(DataFresh.status === 'Unknown').toBe(!stale && facts.verdict.observedAt === null);
    });
  });

  it('WritesAllowed is True exactly when nothing denies them', () => {
    holds((facts, terms) => {
      const { mode, record } = facts;
      const observes = [mode, terms.mode, record.modes.partner, record.modes.connection].includes('observe');
      const isAllowed = !observes && record.standing.length === 0 && !record.isDisconnected && !terms.dryRun;
      expect(byType(facts, terms).WritesAllowed.status).toBe(isAllowed ? 'True' : 'False');
    });
  });

  it('WritesAllowed is False since a contest began, for as long as it stands', () => {
    const contest = {
      kind: 'not_converging',
      step: 'ensure_bot',
      fields: [],
      undoneAt: [5_000],
      by: [],
      since: 5_000,
      until: 9_000,
    } as const;
    const facts = {
      generation: 1,
      mode: 'enforce',
      record: withContest(RECORD, contest),
      status: { outcome: 'settled', message: null, observedGeneration: 1 },
      verdict: { state: 'READY', stale: false, observedAt: 6_000, ageSeconds: 1 },
    } as const;
    const { WritesAllowed } = byType(facts, { freshForMs: 60_000, mode: 'enforce', dryRun: false });
    expect(WritesAllowed).toMatchObject({ status: 'False', reason: 'NOT_CONVERGING', lastTransitionAt: 5_000 });
    expect(WritesAllowed.message).toContain('no list ever showed it');
  });

  it('speak of the generation that was reconciled; WritesAllowed of the present one', () => {
    holds((facts, terms) => {
      const { WritesAllowed, ...others } = byType(facts, terms);
      expect(WritesAllowed.observedGeneration).toBe(facts.generation);
      for (const { observedGeneration } of Object.values(others))
        expect(observedGeneration).toBe(facts.status.observedGeneration);
    });
  });

  it.each([
    ['on a disconnected connection', { stallReason: 'WRITES_HELD', isDisconnected: true }, 'DISCONNECTED'],
    ['that mode observe did not cause', { stallReason: 'MODE_OBSERVE' }, 'DRY_RUN'],
    ['that says no more', {}, 'OTHER'],
    ['of a plan', { stallReason: 'CLIENT_MISMATCH' }, 'CLIENT_MISMATCH'],
  ] as const)('gives a stall %s its reason', (_, record, reason) => {
    const facts: ConditionFacts = {
      generation: 1,
      mode: 'enforce',
      status: { outcome: 'stalled', message: 'why', observedGeneration: 1 },
      verdict: { state: 'UNKNOWN', stale: false, observedAt: null, ageSeconds: null },
      record: { ...RECORD, ...record },
    };
    expect(byType(facts, { freshForMs: 120_000, mode: 'enforce', dryRun: false }).Stalled).toMatchObject({
      reason,
      message: 'why',
    });
  });
});
