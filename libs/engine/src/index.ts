export * from './backoff';
export type { BreakerChange, BreakerState } from './circuit-breaker';
export type { CallReadyRequest, CallReadyResult, DidReference } from './call-ready';
export type { ReportedStep } from './call-ready-steps';
export * from './engine';
export { inTurns } from './in-turns';
export type { KeyReport } from './key-report';
export { observedJournal, WRITING_STEPS, type WriteObserver } from './observed-journal';
export * from './outcome';
export * from './ports';
export * from './provisioner';
export * from './requested-writes';
export { engineSettings, type EngineChoices, type EngineSettings } from './settings';
export type { SyncView } from './sync';
export {
  UpstreamGate,
  writeWaitMs,
  type GatedRequest,
  type GateObserver,
  type Passage,
  type UpstreamGateParts,
  type UpstreamLimits,
} from './upstream-gate';
export * from './work-loop';
