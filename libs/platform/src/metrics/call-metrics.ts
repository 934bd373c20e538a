import { Counter, Histogram, type Registry } from 'prom-client';

/** Counts how calls end, by provider. */
export interface CallEnds {
  /** How a call ended that its carrier had not refused, by its status; `lost`: it cannot be known. */
  ended(provider: string, end: { readonly status: string; readonly durationSeconds: number | null }): void;
}

/** Counts what becomes of calls, by provider. */
export interface CallMetrics extends CallEnds {
  /** A carrier was asked for a call: `accepted`, `refused` (no phone rings), or `unknown`. */
  started(provider: string, outcome: string): void;
}

const TALK_BUCKETS = [5, 15, 30, 60, 120, 300, 600, 1_800, 3_600, 14_400];

/** For a process that hears of calls. */
export const callEnds = (registry: Registry): CallEnds => {
  const registers = [registry];
  const ended = new Counter({
    name: 'dialtone_calls_ended_total',
    help: 'Calls that are over, by provider and the status they ended with; lost: it cannot be known',
    labelNames: ['provider', 'outcome'],
    registers,
  });
  const duration = new Histogram({
    name: 'dialtone_call_duration_seconds',
    help: 'Length of completed calls, as far as it was known at their end, by provider',
    labelNames: ['provider'],
    buckets: TALK_BUCKETS,
    registers,
  });
  return {
    ended: (provider, { status, durationSeconds }) => {
      ended.inc({ provider, outcome: status });
      if (status === 'completed' && durationSeconds !== null) duration.observe({ provider }, durationSeconds);
    },
  };
};

/** For a process that starts them, too. */
export const callMetrics = (registry: Registry): CallMetrics => {
  const started = new Counter({
    name: 'dialtone_calls_started_total',
    help: 'Calls that carriers were asked for, by provider and outcome: accepted, refused or unknown',
    labelNames: ['provider', 'outcome'],
    registers: [registry],
  });
  return {
    ...callEnds(registry),
    started: (provider, outcome) => {
      started.inc({ provider, outcome });
    },
  };
};
