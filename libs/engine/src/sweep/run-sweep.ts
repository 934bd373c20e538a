import { isAnySuspect, setAsideCounts } from '@dialtone/domain';
import { jittered } from '../loops/backoff';
import { withRenewal } from '../loops/lease-keeping';
import { PAUSE_TEXT, pauseMargin } from '../gate/pause';
import { freshForMs } from '../verdicts/freshness';
import type { Clock } from '../ports/clock';
import type { Leases } from '../ports/leases';
import type { EngineObserver } from '../ports/observer';
import type { EngineSettings } from '../ports/settings';
import type { ClaimedSweep, SweepQueue, SweepReport } from '../ports/sweep-queue';
import type { SweepEnding } from './sweep';

/** How soon a second listing confirms what is missing. */
export const CONFIRM_MS = 1_000;

/** The share of the time until a loss is believed. */
const RECHECKS = 1 / 8;

export interface RunSweepDeps {
  readonly sweepQueue: Pick<SweepQueue, 'completeSweep'>;
  readonly leases: Leases;
  readonly clock: Clock;
  readonly observer: Pick<EngineObserver, 'swept'>;
  readonly settings: Pick<EngineSettings, 'sweepIntervalMs' | 'leaseTtlMs' | 'losses'>;
}

/**
 * Carries out a claimed sweep under its lease, tells the observer, and hands the connection back with the time of its next
 * sweep. A sweep that lost its lease tells and hands back nothing: the new holder has fresher lists. What `work` throws
 * passes through, and the caller still has the lease; so does what the store throws when it cannot take the report.
 */
export const runSweep = async (
  { sweepQueue, leases, clock, observer, settings }: RunSweepDeps,
  claimed: ClaimedSweep,
  work: (signal: AbortSignal) => Promise<SweepEnding>,
): Promise<SweepEnding> => {
  const startedAt = clock.now();
  const interval = jittered(settings.sweepIntervalMs, clock.random());
  const ending = await withRenewal({ leases, clock, ttlMs: settings.leaseTtlMs }, claimed.lease, work);
  if (ending.kind === 'lost') return ending;
  if (ending.kind === 'swept') {
    const { keys, judged, changed, held, report, snapshot } = ending;
    const { warnings, readToEnd: complete } = report;
    const setAside = setAsideCounts(snapshot);
    const durationMs = clock.now() - startedAt;
    observer.swept({
      connectionId: claimed.connection.id,
      keys,
      judged,
      changed,
      warnings,
      complete,
      setAside,
      held,
      durationMs,
    });
  }
  await sweepQueue.completeSweep(claimed, reportAfter(ending, settings), nextInMs(ending, interval, settings));
  return ending;
};

type Completed = Exclude<SweepEnding, { kind: 'lost' }>;

const reportAfter = (ending: Completed, settings: Pick<EngineSettings, 'sweepIntervalMs'>): SweepReport => {
  switch (ending.kind) {
    case 'swept':
      return { ...ending.report, freshForMs: freshForMs(settings) };
    case 'throttled':
      return { warnings: null, error: PAUSE_TEXT.rate_limited };
    case 'failed':
      return { warnings: null, error: ending.error };
  }
};

/** A list that is suspect as a whole is looked at often enough to tell soon when it is well again. */
const recheckMs = ({ losses }: Pick<EngineSettings, 'losses'>): number =>
  Math.max(CONFIRM_MS, losses.believedAfterMs * RECHECKS);

/** A pause of VoiceLink ends before the interval does, as a rule; what is missing is confirmed sooner still. */
const nextInMs = (ending: Completed, interval: number, settings: Pick<EngineSettings, 'losses'>): number => {
  switch (ending.kind) {
    case 'swept': {
      const { pause, unconfirmed, snapshot } = ending;
      if (pause !== null) return Math.min(interval, pauseMargin(pause.forMs));
      if (unconfirmed) return Math.min(interval, CONFIRM_MS);
      return isAnySuspect(snapshot) ? Math.min(interval, recheckMs(settings)) : interval;
    }
    case 'throttled':
      return ending.pause === null ? CONFIRM_MS : pauseMargin(ending.pause.forMs);
    case 'failed':
      return interval;
  }
};
