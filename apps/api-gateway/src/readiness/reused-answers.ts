import type { Clock } from '@dialtone/engine';

interface Kept<T> {
  readonly answer: Promise<T>;
  /** By the clock, ms. */
  from: number;
  /** Infinite while the answer is being made. */
  forMs: number;
}

interface Reuse {
  /** How long an answer that took so many ms to make is given again, ms. */
  readonly forMs: (tookMs: number) => number;
  /** Answers that are kept; the oldest one goes. */
  readonly atMost: number;
}

const AT_LEAST_MS = 1_000;
/** So that counting takes a tenth of the time of one session at most, however often it is asked for. */
const TIMES_ITS_COST = 10;
const KEPT = 100;

/** Of counts over all numbers of a partner. */
export const countReuse: Reuse = {
  forMs: (tookMs) => Math.max(AT_LEAST_MS, TIMES_ITS_COST * tookMs),
  atMost: KEPT,
};

/**
 * What costs the database much and is asked for over and over: made once for all that ask at the same time, and given again for a
 * while. What takes long is kept the longer, so that asking again and again never costs more than a share of the time.
 */
export class ReusedAnswers<T> {
  private readonly kept = new Map<string, Kept<T>>();

  constructor(
    private readonly clock: Pick<Clock, 'now'>,
    private readonly reuse: Reuse,
  ) {}

  get(id: string, make: () => Promise<T>): Promise<T> {
    const known = this.kept.get(id);
    if (known !== undefined && this.isFresh(known)) return known.answer;
    this.kept.delete(id);
    const from = this.clock.now();
    const kept: Kept<T> = { answer: make(), from, forMs: Infinity };
    this.kept.set(id, kept);
    void this.settle(id, kept);
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= this.reuse.atMost) break;
      this.kept.delete(oldest);
    }
    return kept.answer;
  }

  /** A clock that was set back makes no answer last. */
  private isFresh({ from, forMs }: Kept<T>): boolean {
    const age = this.clock.now() - from;
    return age >= 0 && age < forMs;
  }

  private async settle(id: string, kept: Kept<T>): Promise<void> {
    try {
      await kept.answer;
      const now = this.clock.now();
      kept.forMs = this.reuse.forMs(now - kept.from);
      kept.from = now;
    } catch {
      // Who asked is told. By now there may be another one.
      if (this.kept.get(id) === kept) this.kept.delete(id);
    }
  }
}
