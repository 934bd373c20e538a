import type { EngineObserver } from '@dialtone/engine';
import type { Settlement } from './settlement';

/** Tells the settlement what a process does, and the trace. */
export const tellingObserver = (
  owner: string,
  settlement: Settlement,
  note: (what: string) => void,
): EngineObserver => ({
  reconciled: ({ key, outcome, message }) => {
    settlement.reconciled(key, outcome);
    note(`${owner} ${key} ${outcome}: ${String(message)}`);
  },
  stepTaken: ({ key, step, result }) => {
    note(`${owner} ${key} ${step} ${result}`);
  },
  swept: ({ connectionId, changed, complete, warnings, durationMs }) => {
    settlement.swept(connectionId, complete && warnings.length === 0, durationMs);
    note(`${owner} swept, ${String(changed)} changed`);
  },
  failed: ({ where, error }) => {
    note(`${owner} ${where}: ${(error as Error).message}`);
  },
});
