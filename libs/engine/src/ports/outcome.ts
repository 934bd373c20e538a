import type { BlockReason, Issue, PlannedStep, StepKind } from '@dialtone/domain';
import type { Contest } from './contest';

/**
 * Why a reconcile stalls, for programs. The first ten are the block reasons of a plan that only a person, VoiceLink's panel or a
 * new declaration can lift.
 */
export const STALL_REASONS = [
  'DID_NOT_FOUND',
  'DID_EXPIRED',
  'CLIENT_REQUIRED',
  'CLIENT_MISMATCH',
  'MODE_OBSERVE',
  'MODE_CREATE_ONLY',
  'WRITES_HELD',
  'PAUSED',
  'WINDOW_CLOSED',
  'AGENT_NOT_GIVEN',
  'DRY_RUN',
  'REFUSED_BY_VOICELINK',
  'NOT_POSSIBLE',
  'CONTESTED',
  'NOT_CONVERGING',
  'CONNECTION_NOT_CALLABLE',
  'DISCONNECTED',
  'OTHER',
] as const;
export type StallReason = (typeof STALL_REASONS)[number];

/**
 * What one reconcile came to. `settled`: nothing left to do; look again after the resync interval. `progressing`: a known
 * wait (a hold, another holder, a late effect). `retry`: something failed that may work later. `stalled`: only a human
 * or a new declaration can help; every one says what.
 */
export type Outcome =
  | { readonly kind: 'settled' }
  | { readonly kind: 'progressing'; readonly requeueAfterMs: number; readonly reason: string; readonly until?: never }
  /** `until`: epoch ms, store's clock. The next look is due then, not a moment earlier and with no jitter. */
  | { readonly kind: 'progressing'; readonly until: number; readonly reason: string }
  | { readonly kind: 'retry'; readonly error: string; readonly retryAfterMs: number | null }
  | {
      readonly kind: 'stalled';
      readonly issues: readonly Issue[];
      readonly message: string;
      /** Absent: only the message tells. */
      readonly reason?: StallReason;
      /** It ends by itself: the next look is due then, not a moment earlier. */
      readonly contest?: Contest;
    };

export type OutcomeKind = Outcome['kind'];

/** What a reconcile did, and what its plan leaves open. */
export interface Course {
  /** In order; `detail` is in the past tense, for people. */
  readonly taken: readonly { readonly step: StepKind; readonly detail: string }[];
  /** Without the steps that are not reached because of an earlier one. */
  readonly open: readonly {
    readonly step: StepKind;
    readonly status: Exclude<PlannedStep['status'], 'already'>;
    readonly reason?: BlockReason;
    readonly detail: string;
  }[];
}
