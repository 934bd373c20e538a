import { ApiError } from '../http/errors/api-error';

/** Look-ups at once, and how many may wait for theirs: strangers must not use up the database connections. */
const LANES = 4;
const MAX_WAITING = 200;
/** A call has a dozen callbacks, and a carrier repeats each a few times. */
const PER_CALL_AND_MINUTE = 120;
const MINUTE_MS = 60_000;
/** Calls that are counted; the oldest one is forgotten. */
const MAX_COUNTED = 10_000;

const tooMany = (message: string, retryAfterMs: number): ApiError =>
  new ApiError('RATE_LIMITED', message, { retryAfterMs });

/** Bounds what callers without a key cost: refused with 429, since a carrier takes 5xx for an answer that failed. */
export class CallbackBounds {
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  private readonly counted = new Map<string, { count: number; readonly until: number }>();

  /** `now`: epoch ms. */
  constructor(private readonly now: () => number) {}

  /** Throws RATE_LIMITED when too many look-ups wait. */
  async lookUp<T>(look: () => Promise<T>): Promise<T> {
    if (this.running >= LANES) await this.turn();
    else this.running += 1;
    try {
      return await look();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.running -= 1;
      else next();
    }
  }

  /** Throws RATE_LIMITED when a call, or what else has this id, is told of more often in a minute. */
  count(callId: string, atMost = PER_CALL_AND_MINUTE): void {
    const now = this.now();
    const known = this.counted.get(callId);
    const window = known === undefined || known.until <= now ? { count: 0, until: now + MINUTE_MS } : known;
    window.count += 1;
    this.counted.delete(callId);
    this.counted.set(callId, window);
    const [oldest] = this.counted.keys();
    if (oldest !== undefined && this.counted.size > MAX_COUNTED) this.counted.delete(oldest);
    if (window.count > atMost) throw tooMany('This call is told of too often.', window.until - now);
  }

  private turn(): Promise<void> {
    if (this.waiting.length >= MAX_WAITING) throw tooMany('Too many callbacks come at the moment.', 1_000);
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}
