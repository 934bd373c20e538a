import { BudgetStock } from './budget-stock';
import type { Clock } from '../ports/clock';
import type { RateGrant } from '../ports/rate-budget';

/** How long a request waits for its turn. Both hold. */
export interface Patience {
  /** Altogether, milliseconds; null: as long as it gets nearer. */
  readonly totalMs: number | null;
  /** No longer than this at a time: a longer wait is worth doing something else. */
  readonly atOnceMs: number;
}

export interface BudgetQueueParts {
  /** Takes up to `count` requests from the budget, and up to `ahead` more if it has room. */
  readonly take: (count: number, ahead: number) => Promise<RateGrant>;
  /** The least time between two requests when many wait; 0 when there is no limit. */
  readonly intervalMs: number;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  /** The budget could not be asked: then what waits is let through, because a store that is away protects no one. */
  readonly onError: (error: unknown) => void;
}

interface Waiting {
  /** Epoch ms. */
  readonly deadline: number;
  readonly atOnceMs: number;
  readonly following: number;
  readonly end: (refusedForMs: number) => void;
}

/** More than a process has in flight to one account; and the most that are taken ahead. */
const MOST_AT_ONCE = 64;

/**
 * The requests of one process in one lane that wait for the budget of one credential, in order; but those with a deadline go before
 * those without: a write is what lists are read for, and has seconds, while a list waits as long as it takes.
 *
 * One statement at a time asks for all that wait, so that requests that start together cost two statements and not one
 * each, and any number of waiting ones polls no more than one would. Of requests that follow one another it takes some ahead.
 */
export class BudgetQueue {
  private waiting: Waiting[] = [];
  private isServing = false;
  /** No tokens before this time; epoch ms. */
  private notBefore = 0;
  /** When it was closed last, epoch ms: what was asked for before is not kept. */
  private closedAt = 0;
  private nap = new AbortController();
  private readonly stock: BudgetStock;

  constructor(private readonly parts: BudgetQueueParts) {
    this.stock = new BudgetStock(parts.clock, parts.intervalMs);
  }

  /**
   * 0: send it now. Otherwise it must not be sent, and the next try is worth while after that many milliseconds. `following`:
   * as many requests follow, as far as is known.
   */
  enter({ totalMs, atOnceMs }: Patience, following = 0): Promise<number> {
    if (this.waiting.length === 0 && this.stock.take()) return Promise.resolve(0);
    const now = this.parts.clock.now();
    const deadline = totalMs === null ? Number.POSITIVE_INFINITY : now + totalMs;
    const pause = this.notBefore - now;
    const place = totalMs === null ? this.waiting.length : this.firstWithoutDeadline;
    if (pause > 0) {
      const wait = pause + place * this.parts.intervalMs;
      if (pause > atOnceMs || now + wait > deadline) return Promise.resolve(wait);
    }
    return new Promise((end) => {
      this.waiting.splice(place, 0, { deadline, atOnceMs, following, end });
      if (!this.isServing) void this.serve();
    });
  }

  /** Nothing may be sent for so long, whatever the budget said. */
  close(forMs: number): void {
    this.notBefore = Math.max(this.notBefore, this.parts.clock.now() + forMs);
    this.stock.clear();
    this.closedAt = this.parts.clock.now();
    this.refuseImpatient();
  }

  /** Refuses all that wait. */
  end(): void {
    for (const { end } of this.waiting.splice(0)) end(1);
    this.nap.abort();
  }

  private get firstWithoutDeadline(): number {
    const first = this.waiting.findIndex(({ deadline }) => deadline === Number.POSITIVE_INFINITY);
    return first < 0 ? this.waiting.length : first;
  }

  private async serve(): Promise<void> {
    this.isServing = true;
    while (this.waiting.length > 0) {
      const wait = this.notBefore - this.parts.clock.now();
      if (wait > 0) await this.rest(wait);
      else await this.ask();
    }
    this.isServing = false;
  }

  private async ask(): Promise<void> {
    const { clock, onError, take } = this.parts;
    const askedAt = clock.now();
    const count = Math.min(this.waiting.length, MOST_AT_ONCE);
    const ahead = Math.min(Math.max(...this.waiting.map(({ following }) => following)), MOST_AT_ONCE);
    try {
      const { granted, waitMs } = await take(count, ahead);
      const now = Math.min(granted, this.waiting.length);
      this.letGo(now);
      if (askedAt >= this.closedAt) this.stock.put(now, granted - now, askedAt);
      if (waitMs > 0) this.notBefore = Math.max(this.notBefore, clock.now() + waitMs);
      this.refuseImpatient();
    } catch (error) {
      onError(error);
      this.letGo(this.waiting.length);
    }
  }

  /** A grant past its deadline must not be used: the process was paused, and the in-doubt window relies on it. */
  private letGo(granted: number): void {
    const now = this.parts.clock.now();
    for (const { deadline, end } of this.waiting.splice(0, granted)) end(now > deadline ? 1 : 0);
  }

  /** Once the burst is used up, everybody before one takes an interval of its time at least. */
  private refuseImpatient(): void {
    const { clock, intervalMs } = this.parts;
    const now = clock.now();
    const pause = Math.max(0, this.notBefore - now);
    const all = this.waiting;
    this.waiting = [];
    for (const one of all) {
      const wait = pause > 0 ? pause + this.waiting.length * intervalMs : 0;
      if (pause > one.atOnceMs || now + wait > one.deadline) one.end(Math.max(1, wait));
      else this.waiting.push(one);
    }
  }

  private async rest(ms: number): Promise<void> {
    this.nap = new AbortController();
    await this.parts.clock.sleep(ms, this.nap.signal);
  }
}
