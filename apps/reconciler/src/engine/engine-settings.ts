import type { EngineSettings } from '@dialtone/engine';
import type { ReconcilerConfig } from '@dialtone/platform';

/** A write is visible at once as far as anybody has seen (VoiceLink upstream notes §10.16); this bounds a little lag. */
const VERIFY = { attempts: 4, delayMs: 250 };

/** From this size on, one filtered request is cheaper than a share in a full listing. */
const NARROW_ABOVE_ROWS = 2_000;

/** A first login, a write that is answered 401, another login, and the write again: each has its own time-out. */
const REQUESTS_PER_WRITE = 4;

export const engineSettings = (config: ReconcilerConfig): EngineSettings => ({
  defaultWebsocketUrl: config.defaultWebsocketUrl,
  resyncMs: config.resyncIntervalMs,
  sweepIntervalMs: config.sweepIntervalMs,
  leaseTtlMs: config.leaseTtlMs,
  holdMs: REQUESTS_PER_WRITE * config.voicelinkTimeoutMs + config.voicelinkLateEffectMs,
  backoff: { baseMs: config.backoffBaseMs, capMs: config.backoffCapMs },
  verify: VERIFY,
  guard: { minimum: config.guardMin, percent: config.guardPercent },
  dryRun: config.dryRun,
  narrowAboveRows: NARROW_ABOVE_ROWS,
});
