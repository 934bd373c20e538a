export * from './condition';
export {
  type ConditionFacts,
  type ConditionRecord,
  type ConditionTerms,
  newConditionRecord,
  withContest,
} from './condition-facts';
export { readyStatus } from './condition-statuses';
export { conditionsOf } from './conditions';
export * from './ready-prospect';
