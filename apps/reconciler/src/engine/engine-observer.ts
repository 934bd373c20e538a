import type { EngineObserver, OutcomeKind } from '@dialtone/engine';
import type { Logger, ReconcileResult, StalledLooks, SweepMetrics } from '@dialtone/platform';

/** The label of each outcome in `controller_runtime_reconcile_total`. */
export const RESULT_OF: Readonly<Record<OutcomeKind, ReconcileResult>> = {
  settled: 'success',
  stalled: 'success',
  progressing: 'requeue_after',
  retry: 'error',
};

/** Logs and counts what the engine does. */
export const engineObserver = (logger: Logger, sweeps: SweepMetrics, stalled: StalledLooks): EngineObserver => ({
  reconciled: ({ connectionId, key, outcome, message, state, durationMs, attempts, stalls }) => {
    if (outcome === 'stalled') stalled(stalls);
    const level = outcome === 'settled' ? 'debug' : outcome === 'retry' ? 'warn' : 'info';
    const fields = { connection_id: connectionId, key, outcome, state, duration_ms: durationMs, attempts };
    logger[level](fields, message ?? `DID is ${state}`);
  },
  stepTaken: ({ connectionId, key, step, result, detail }) => {
    logger.info({ connection_id: connectionId, key, step, result }, detail);
  },
  swept: ({ connectionId, keys, judged, changed, warnings, complete, setAside, held, durationMs }) => {
    sweeps.swept({ complete, setAside, held: held !== null, durationMs, keys, changed });
    const fields = { connection_id: connectionId, keys, judged, changed, warnings, duration_ms: durationMs };
    if (held !== null)
      logger.error({ ...fields, held }, 'Writes of this connection are held until the hold is acknowledged');
    else logger[warnings.length === 0 ? 'debug' : 'warn'](fields, 'Connection swept');
  },
  failed: ({ where, error }) => {
    if (where === 'sweep') sweeps.failed();
    logger.error({ err: error, where }, 'Unexpected error; the loop goes on');
  },
});
