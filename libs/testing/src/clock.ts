import type { Clock } from '@dialtone/engine';

interface Sleeper {
  readonly deadline: number;
  readonly wake: () => void;
}

/** Where the manual clock starts unless told otherwise. Epoch ms. */
const CLOCK_START = Date.UTC(2026, 0, 15, 12);

/**
 * Time that passes only when a test advances it, and repeatable randomness. Two sleepers with the same deadline wake in the
 * order in which they fell asleep; a woken one runs until it sleeps before the next one wakes.
 */
export class ManualClock implements Clock {
  private time: number;
  private seed: number;
  private readonly sleepers: Sleeper[] = [];

  constructor(start = CLOCK_START, seed = 1) {
    this.time = start;
    this.seed = seed >>> 0;
  }

  now(): number {
    return this.time;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve();
        return;
      }
      const sleeper: Sleeper = { deadline: this.time + Math.max(0, ms), wake: resolve };
      this.sleepers.push(sleeper);
      signal?.addEventListener('abort', () => {
        if (this.remove(sleeper)) resolve();
      });
    });
  }

  nextTurn(): Promise<void> {
    return this.settle();
  }

  /** mulberry32: short, seeded, and good enough for jitter. */
  random(): number {
    this.seed = (this.seed + 0x6d2b79f5) >>> 0;
    let mixed = this.seed;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** Lets `ms` pass, waking every sleeper at its own time, also those that fall asleep on the way. */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    await this.settle();
    while ((this.nextWakeAt() ?? Infinity) <= end) {
      this.wakeNext();
      await this.settle();
    }
    this.time = end;
  }

  /** Lets time pass until the next sleeper wakes, and wakes it: of several at the same time the first. False: none sleeps. */
  wakeNext(): boolean {
    const next = this.earliest();
    if (next === null) return false;
    this.time = Math.max(this.time, next.deadline);
    this.remove(next);
    next.wake();
    return true;
  }

  /** Lets everything run that does not wait for this clock. No time passes. */
  settle(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  /** Epoch ms at which the next sleeper wakes; null without a sleeper. */
  nextWakeAt(): number | null {
    return this.earliest()?.deadline ?? null;
  }

  private earliest(): Sleeper | null {
    let earliest: Sleeper | null = null;
    for (const sleeper of this.sleepers) {
      if (earliest === null || sleeper.deadline < earliest.deadline) earliest = sleeper;
    }
    return earliest;
  }

  private remove(sleeper: Sleeper): boolean {
    const index = this.sleepers.indexOf(sleeper);
    if (index >= 0) this.sleepers.splice(index, 1);
    return index >= 0;
  }
}
