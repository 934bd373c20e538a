import type { BindingMode } from '@dialtone/domain';
import { writeWaitMs } from '../gate/upstream-gate';
import type { EngineSettings } from '../ports/settings';

/** What an operator chooses; every process that works on the same connections must be given the same. Milliseconds. */
export interface EngineChoices {
  readonly defaultWebsocketUrl: string;
  readonly resyncIntervalMs: number;
  readonly sweepIntervalMs: number;
  readonly leaseTtlMs: number;
  /** How long one request to VoiceLink may take altogether. */
  readonly voicelinkTimeoutMs: number;
  /** How long after its time-out a request may still take effect. */
  readonly voicelinkLateEffectMs: number;
  /** How long after a change VoiceLink's lists may show what was before it; 0: never. */
  readonly voicelinkStaleReadsMs: number;
  readonly backoffBaseMs: number;
  readonly backoffCapMs: number;
  readonly guardMin: number;
  readonly guardPercent: number;
  readonly listLossPercent: number;
  readonly listLossBelievedAfterMs: number;
  readonly writeMode: BindingMode;
  /** After how many repairs that others undid, or that had no effect, a number is left alone; 0: never. */
  readonly contestRepairs: number;
  /** Within what time, and for how long. */
  readonly contestWindowMs: number;
  /** How many times a verdict may come back to an earlier one, 0 for any, within how many sweeps, before it flaps. */
  readonly flapChanges: number;
  readonly flapSweeps: number;
  readonly dryRun: boolean;
}

/** Every write seen so far was listed at once (VoiceLink upstream notes §10.16); this bounds a little lag. */
const VERIFY = { attempts: 4, delayMs: 250 };

/** From this size on, one filtered request is cheaper than a share in a full listing. */
const NARROW_ABOVE_ROWS = 2_000;

/** Login, write answered with 401, login, write again: each waits for its turn, and has its own time-out. */
const REQUESTS_PER_WRITE = 4;

export const engineSettings = (choices: EngineChoices): EngineSettings => ({
  defaultWebsocketUrl: choices.defaultWebsocketUrl,
  resyncMs: choices.resyncIntervalMs,
  sweepIntervalMs: choices.sweepIntervalMs,
  leaseTtlMs: choices.leaseTtlMs,
  inDoubtMs: inDoubtMs(choices),
  staleReadsMs: choices.voicelinkStaleReadsMs,
  backoff: { baseMs: choices.backoffBaseMs, capMs: choices.backoffCapMs },
  verify: VERIFY,
  guard: { minimum: choices.guardMin, percent: choices.guardPercent },
  losses: { percent: choices.listLossPercent, believedAfterMs: choices.listLossBelievedAfterMs },
  mode: choices.writeMode,
  contest: { repairs: choices.contestRepairs, windowMs: choices.contestWindowMs },
  flapping: { returns: choices.flapChanges, windowMs: choices.flapSweeps * choices.sweepIntervalMs },
  dryRun: choices.dryRun,
  narrowAboveRows: NARROW_ABOVE_ROWS,
});

/**
 * The longest that a write may take to be listed. A login that was refused first and a list that is as old as can be do not come
 * together, so the longer of the two counts.
 */
const inDoubtMs = (choices: EngineChoices): number => {
  const requestMs = writeWaitMs(choices.voicelinkTimeoutMs) + choices.voicelinkTimeoutMs;
  const worst = Math.max(REQUESTS_PER_WRITE * requestMs, requestMs + choices.voicelinkStaleReadsMs);
  return worst + choices.voicelinkLateEffectMs;
};
