import { conditionsOf, type ConditionFacts, newConditionRecord } from '@dialtone/engine';
import type { Fields } from '../http/errors/envelope';
import type { ConditionDto } from './conditions.dto';
import { toCondition } from './conditions.mapper';

const DECLARED_AT = Date.parse('2026-06-09T10:30:00.000Z');
const SEEN_AT = Date.parse('2026-06-09T10:35:00.000Z');

const NEW: ConditionFacts = {
  generation: 1,
  mode: 'enforce',
  status: { outcome: 'pending', message: null, observedGeneration: 0 },
  verdict: { state: 'UNKNOWN', stale: false, observedAt: null, ageSeconds: null },
  record: newConditionRecord(DECLARED_AT),
};

const shown = (facts: ConditionFacts): readonly Fields<ConditionDto>[] =>
  conditionsOf(facts, { freshForMs: 120_000, mode: 'enforce', dryRun: false }).map(toCondition);

/** Of a number that has just been declared. */
export const NEW_CONDITIONS = shown(NEW);

/** Of the same number once it is ready. */
export const READY_CONDITIONS = shown({
  ...NEW,
  status: { outcome: 'settled', message: null, observedGeneration: 1 },
  verdict: { state: 'READY', stale: false, observedAt: SEEN_AT, ageSeconds: 42 },
  record: {
    ...NEW.record,
    outcomeLeft: { pending: SEEN_AT },
    readySince: SEEN_AT,
    freshSince: SEEN_AT,
    lookedAt: SEEN_AT,
  },
});
