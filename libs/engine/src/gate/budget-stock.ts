import type { Clock } from '../ports/clock';

/** The longest time for which a request that was granted ahead may be sent: so long, a 429 that another process got is not known here. */
export const STOCK_MS = 500;

/**
 * Requests of one budget that were granted ahead of their turn.
 *
 * They must not let through more than the budget would, asked for each. So they go at its rate, as what was granted is forgotten at
 * its rate, except while the requests that were sent have not been forgotten yet themselves: sent and kept ones together are never
 * more than the budget counts (`budget-stock.spec.ts` has the property).
 */
export class BudgetStock {
  private kept = 0;
  /** Sent and not forgotten yet. */
  private sent = 0;
  /** Epoch ms that both are as of. */
  private at = 0;
  /** Epoch ms. */
  private until = 0;

  /** `intervalMs`: see `BudgetQueueParts`; 0: they only grow old. */
  constructor(
    private readonly clock: Pick<Clock, 'now'>,
    private readonly intervalMs: number,
  ) {}

  /** Takes up what was granted beyond those that are sent now; `askedAt` is before the budget counted it, epoch ms. */
  put(sentNow: number, kept: number, askedAt: number): void {
    this.age(askedAt);
    this.sent += sentNow;
    this.kept += kept;
    if (kept > 0) this.until = askedAt + STOCK_MS;
  }

  /** True: one request may be sent without asking. */
  take(): boolean {
    this.age(this.clock.now());
    if (this.kept < 1) return false;
    this.kept -= 1;
    this.sent += 1;
    return true;
  }

  clear(): void {
    this.kept = 0;
  }

  private age(now: number): void {
    const forgotten = this.intervalMs === 0 ? 0 : Math.max(0, now - this.at) / this.intervalMs;
    const ofSent = Math.min(this.sent, forgotten);
    this.sent -= ofSent;
    this.kept = now >= this.until || now < this.at ? 0 : Math.max(0, this.kept - (forgotten - ofSent));
    this.at = Math.max(this.at, now);
  }
}
