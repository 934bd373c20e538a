import type { Clock, Log } from '@dialtone/engine';
import { setTimeout as delay } from 'node:timers/promises';

/** For tests against real services, where a manual clock is impossible. */
export const realTime: Pick<Clock, 'now' | 'random' | 'sleep'> = {
  now: () => Date.now(),
  random: () => Math.random(),
  sleep: async (ms, signal) => {
    await delay(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  },
};

/** Says nothing. */
export const silentLogger: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** Polls until the answer is true; rejects with `what` after `withinMs`. */
export const eventually = async (
  what: string,
  condition: () => boolean | Promise<boolean>,
  withinMs = 60_000,
): Promise<void> => {
  const deadline = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Not within ${String(withinMs)} ms: ${what}`);
    await delay(20);
  }
};
