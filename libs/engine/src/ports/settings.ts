import type { BindingMode, GuardLimits, LossLimits } from '@dialtone/domain';
import type { ContestLimits } from './contest';
import type { FlapLimits } from './flapping';

/** All durations in milliseconds. */
export interface EngineSettings {
  /** Where a new bot points to when the declaration does not say. */
  readonly defaultWebsocketUrl: string;
  /** How soon a settled binding is looked at again by itself, and a stalled one for the first time. */
  readonly resyncMs: number;
  readonly sweepIntervalMs: number;
  readonly leaseTtlMs: number;
  /** How long an unanswered write may still take effect: client time-out plus the worst late effect. */
  readonly inDoubtMs: number;
  /** How long after a change a list may still show what was before it; 0: never. */
  readonly staleReadsMs: number;
  readonly backoff: { readonly baseMs: number; readonly capMs: number };
  /** How often, and how far apart, a list is read again until a write is seen in it. */
  readonly verify: { readonly attempts: number; readonly delayMs: number };
  readonly guard: GuardLimits;
  /** When rows that are missing from a list make it suspect as a whole, and for how long. */
  readonly losses: Omit<LossLimits, 'guard'>;
  /** The mode of the deployment: that of every number, where nothing stricter is set. */
  readonly mode: BindingMode;
  /** When repairs that others undo, or that have no effect, are given up for a while. */
  readonly contest: ContestLimits;
  /** When a verdict flaps, so that its changes are not told. */
  readonly flapping: FlapLimits;
  /** True: nothing is written to VoiceLink, whatever the bindings say. */
  readonly dryRun: boolean;
  /** Above this many rows a single DID is looked up by filter first instead of listing everything. */
  readonly narrowAboveRows: number;
}
