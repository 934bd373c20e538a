import type { ApiKeyStore, Principal } from '@dialtone/persistence';
import { ApiError } from '../errors/api-error';

/** Statements at once: strangers must not use up the database connections. */
const LANES = 2;
/** Keys in one statement: it takes a few milliseconds. */
const BATCH = 200;
/** Some ten milliseconds of work. More is a flood, of which each request is told so at once. */
const MAX_WAITING = 1000;
const RETRY_AFTER_MS = 1_000;

export interface Found {
  readonly principal: Principal | null;
  /** When the database was asked, on the clock of the cache. */
  readonly askedAt: number;
}

/** One key whose turn has not come. */
export interface Waiting {
  readonly apiKey: string;
  readonly answer: PromiseWithResolvers<Found>;
}

/**
 * Looks up keys that were never accepted. All that wait are looked up together, so that a flood of guesses costs few statements
 * and a new key waits for two of them at most, and only so many may wait.
 */
export class StrangerLookups {
  private readonly waiting = new Set<Waiting>();
  private lanes = LANES;

  constructor(
    private readonly store: Pick<ApiKeyStore, 'authenticateAll'>,
    private readonly now: () => number,
  ) {}

  /** Throws SERVICE_UNAVAILABLE when too many wait. */
  add(apiKey: string): Waiting {
    if (this.waiting.size >= MAX_WAITING) throw overloaded();
    const waiting = { apiKey, answer: Promise.withResolvers<Found>() };
    this.waiting.add(waiting);
    this.start();
    return waiting;
  }

  /** Gives the place up, if its turn has not come. */
  remove(waiting: Waiting): void {
    if (this.waiting.delete(waiting)) waiting.answer.reject(senderLeft());
  }

  /** After this turn of the event loop: what arrives in it shares the statement. */
  private start(): void {
    if (this.lanes === 0 || this.waiting.size === 0) return;
    this.lanes -= 1;
    setImmediate(() => {
      void this.lookUp().finally(() => {
        this.lanes += 1;
        this.start();
      });
    });
  }

  private next(): readonly Waiting[] {
    const batch: Waiting[] = [];
    for (const one of this.waiting) {
      if (batch.length === BATCH) break;
      this.waiting.delete(one);
      batch.push(one);
    }
    return batch;
  }

  private async lookUp(): Promise<void> {
    const batch = this.next();
    if (batch.length === 0) return;
    const askedAt = this.now();
    try {
      const found = await this.store.authenticateAll(batch.map(({ apiKey }) => apiKey));
      for (const [nth, { answer }] of batch.entries()) answer.resolve({ principal: found[nth] ?? null, askedAt });
    } catch (error) {
      for (const { answer } of batch) answer.reject(error);
    }
  }
}

/** Not read by its sender. What is not done for it leaves nothing to explain, and its place to others. */
export const senderLeft = (): ApiError =>
  new ApiError('REQUEST_TIMEOUT', 'The connection was closed before the request was admitted.');

const overloaded = (): ApiError =>
  new ApiError('SERVICE_UNAVAILABLE', 'Too many unknown API keys are being checked at the moment: try again.', {
    retryAfterMs: RETRY_AFTER_MS,
  });
