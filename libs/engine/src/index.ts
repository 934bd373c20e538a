export * from './loops/backoff';
export type { BreakerChange, BreakerState } from './gate/circuit-breaker';
export type { CallReadyRequest, CallReadyResult, DidReference } from './reconcile/call-ready';
export type { ReportedStep } from './reconcile/call-ready-report';
export * from './loops/engine';
export { inTurns } from './loops/yielding';
export * from './verdicts';
export { meteredJournal, type WriteObserver } from './writes/metered-journal';
export * from './ports';
export * from './loops/provisioner';
export {
  presentPlanner,
  type PlannedDeclaration,
  type PresentPlan,
  type PresentPlanDeps,
  type PresentPlanner,
} from './reconcile/present-plan';
export { leastTimeMs, requestsLeft } from './gate/budget-time';
export { notedBreakerState } from './gate/noted-breaker';
export * from './writes/passed-on-writes';
export { engineSettings, type EngineChoices } from './loops/engine-settings';
export type { SyncView } from './sweep/sync';
export {
  UpstreamGate,
  writeWaitMs,
  type GatedRequest,
  type GateObserver,
  type Passage,
  type UpstreamGateParts,
  type UpstreamLimits,
} from './gate/upstream-gate';
export * from './loops/event-relay';
export { passOver, type PassedOver } from './loops/pass-over';
export { partOf, replayEvents, type Replayed, type ReplayRequest } from './loops/replay';
export { verifyReadiness, type TopicDifferences } from './loops/verify-readiness';
export * from './loops/topic-relays';
export { acquireWithin, LeaderElection, withRenewal } from './loops/lease-keeping';
export { Sequencing } from './loops/sequencing';
export * from './loops/work-loop';
export * from './loops/webhooks';
