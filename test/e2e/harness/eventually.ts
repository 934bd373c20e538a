import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 90_000;

/**
 * Polls until `probe` does not throw, and resolves to its answer. Rejects with its last error. For effects of other
 * processes; the machine may be busy, so the time limit is generous.
 */
export const eventually = async <T>(probe: () => T | Promise<T>, withinMs = PATIENCE_MS): Promise<T> => {
  const deadline = Date.now() + withinMs;
  for (;;) {
    try {
      return await probe();
    } catch (error) {
      if (Date.now() > deadline) throw sayingSo(error, withinMs);
    }
    await sleep(50);
  }
};

const sayingSo = (error: unknown, withinMs: number): unknown => {
  if (error instanceof Error) error.message = `Not within ${String(withinMs / 1000)} s: ${error.message}`;
  return error;
};

/** Polls for the whole time and fails as soon as `probe` throws: for effects that must not happen. */
export const throughout = async (ms: number, probe: () => void | Promise<void>): Promise<void> => {
  const end = Date.now() + ms;
  do {
    await probe();
    await sleep(50);
  } while (Date.now() < end);
};
