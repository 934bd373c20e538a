/** What new knowledge means, decided once for every store: drift, events, attempts, warnings. */
export * from './binding-events';
export * from './binding-status';
export * from './conditions';
export * from './connection-events';
export * from './declaration-decision';
export * from './freshness';
export * from './history';
export { watchTurn, type Watch } from './freshness-turn';
export * from './known-ids';
export * from './locked-key';
export type { KeyReport } from './shown-verdict';
export * from './repair-turn';
export * from './stored-steering';
export { sweepFindings } from './sweep-findings';
export * from './transition';
export { isNews } from './verdict-change';
export * from './verdict-end';
export * from './why';
