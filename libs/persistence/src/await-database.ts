import { isDatabaseUnavailable } from './database-errors';

export interface Patience {
  /** Which errors pass. Default: those of a database that is away. */
  readonly passes?: (error: unknown) => boolean;
  /** How long to wait altogether, ms; 0: one attempt. */
  readonly forMs: number;
  /** Called after an attempt that failed, at most every five seconds. */
  readonly onWaiting: (event: { readonly error: unknown; readonly waitedMs: number }) => void;
}

const RETRY_MS = 500;
const TELL_MS = 5_000;

/**
 * Runs an attempt until the database takes it. Rejects with the last error when the time is over, and at once with one
 * that waiting does not mend (a refused login, a missing table).
 */
export const awaitDatabase = async <T>(
  attempt: () => Promise<T>,
  { passes = isDatabaseUnavailable, forMs, onWaiting }: Patience,
): Promise<T> => {
  const began = performance.now();
  let toldAt = Number.NEGATIVE_INFINITY;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      const waitedMs = performance.now() - began;
      if (!passes(error) || waitedMs + RETRY_MS > forMs) throw error;
      if (waitedMs - toldAt >= TELL_MS) {
        toldAt = waitedMs;
        onWaiting({ error, waitedMs: Math.round(waitedMs) });
      }
      await new Promise((settle) => setTimeout(settle, RETRY_MS));
    }
  }
};
