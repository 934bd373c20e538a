import type { Clock } from './ports/clock';

const POLL_MS = 200;

/** Asks `acquire` again and again until it gives something or `withinMs` have passed; then null. */
export const heldWithin = async <T>(
  clock: Clock,
  withinMs: number,
  acquire: () => Promise<T | null>,
): Promise<T | null> => {
  const deadline = clock.now() + withinMs;
  for (;;) {
    const held = await acquire();
    if (held !== null || clock.now() >= deadline) return held;
    await clock.sleep(POLL_MS);
  }
};
