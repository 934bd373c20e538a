export * from './condition';
export type { ConditionFacts, ConditionRecord, ConditionTerms } from './condition-facts';
export { readyStatus } from './condition-statuses';
export { conditionsOf } from './conditions';
export * from './ready-prospect';
