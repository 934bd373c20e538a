import { randomUUID } from 'node:crypto';
import {
  bytesOfKept,
  LONG_ANSWER_BYTES,
  LONG_ANSWERS_KEPT,
  QuotaReachedError,
  type IdempotencyClaim,
  type IdempotencyStore,
  type IdempotentAttempt,
  type KeptAnswer,
} from '@dialtone/persistence';

const HOUR_MS = 3_600_000;

type ClaimInput = Parameters<IdempotencyStore['claim']>[0];

interface Entry {
  readonly request: string;
  readonly attempt: string;
  readonly since: Date;
  readonly requestIds: readonly string[];
  readonly runningUntil: number;
  readonly committed: boolean;
  readonly answer: KeptAnswer | null;
}

const placeOf = ({ partnerId, key }: Pick<IdempotentAttempt, 'partnerId' | 'key'>): string => `${partnerId} ${key}`;

/** Answers by idempotency key, in memory. */
export class MemoryIdempotency implements IdempotencyStore {
  private readonly entries = new Map<string, Entry>();

  claim({ ttlMs, request, requestId, atMost = 0, ...place }: ClaimInput): Promise<IdempotencyClaim> {
    const now = performance.now();
    const entry = this.entries.get(placeOf(place));
    if (entry !== undefined && !isFree(entry, request, now)) return Promise.resolve(standing(entry, request, now));
    if (atMost !== 0 && this.bytesOf(place.partnerId) >= atMost) {
      return Promise.reject(new QuotaReachedError('kept_answer_bytes', atMost, HOUR_MS));
    }
    const attempt = { ...place, id: randomUUID() };
    const isRepeated = entry !== undefined && entry.request === request;
    const { since, requestIds } = isRepeated ? entry : { since: new Date(), requestIds: [] };
    this.entries.set(placeOf(place), {
      ...{ request, attempt: attempt.id, committed: false, answer: null, runningUntil: now + ttlMs },
      ...{ since, requestIds: [...requestIds, requestId] },
    });
    return Promise.resolve({
      kind: 'started',
      attempt,
      earlier: isRepeated ? { since, requestIds, work: null } : null,
    });
  }

  renew(attempt: IdempotentAttempt, ttlMs: number): Promise<void> {
    this.change(attempt, { runningUntil: performance.now() + ttlMs });
    return Promise.resolve();
  }

  commit(attempt: IdempotentAttempt): Promise<boolean> {
    return Promise.resolve(this.change(attempt, { committed: true }));
  }

  keep(attempt: IdempotentAttempt, answer: KeptAnswer): Promise<void> {
    this.change(attempt, { answer });
    const long = [...this.entries].filter(
      ([place, entry]) => isLong(entry) && place.startsWith(`${attempt.partnerId} `),
    );
    for (const [place] of long.slice(0, -LONG_ANSWERS_KEPT)) this.entries.delete(place);
    return Promise.resolve();
  }

  release(attempt: IdempotentAttempt): Promise<void> {
    if (this.isOpen(attempt)) this.entries.delete(placeOf(attempt));
    return Promise.resolve();
  }

  abandon(attempt: IdempotentAttempt): Promise<void> {
    this.change(attempt, { runningUntil: -Infinity });
    return Promise.resolve();
  }

  /** As if it were a day older. */
  expire(place: Pick<IdempotentAttempt, 'partnerId' | 'key'>): void {
    this.entries.delete(placeOf(place));
  }

  clear(): void {
    this.entries.clear();
  }

  private bytesOf(partnerId: string): number {
    const kept = [...this.entries].filter(([place]) => place.startsWith(`${partnerId} `));
    return kept.reduce(
      (sum, [, { answer, committed }]) => sum + (answer === null ? 0 : bytesOfKept(answer, committed)),
      0,
    );
  }

  private isOpen(attempt: IdempotentAttempt): boolean {
    const entry = this.entries.get(placeOf(attempt));
    return entry?.attempt === attempt.id && entry.answer === null;
  }

  private change(attempt: IdempotentAttempt, changes: Partial<Entry>): boolean {
    const entry = this.entries.get(placeOf(attempt));
    if (entry === undefined || !this.isOpen(attempt)) return false;
    this.entries.set(placeOf(attempt), { ...entry, ...changes });
    return true;
  }
}

const isLong = ({ committed, answer }: Entry): boolean =>
  !committed && Buffer.byteLength(answer?.body ?? '') > LONG_ANSWER_BYTES;

const isFree = (entry: Entry, request: string, now: number): boolean =>
  entry.answer === null &&
  !entry.committed &&
  (entry.runningUntil === -Infinity || (entry.request === request && entry.runningUntil <= now));

const standing = (entry: Entry, request: string, now: number): IdempotencyClaim => {
  if (entry.request !== request) return { kind: 'reused' };
  if (entry.answer !== null) return { kind: 'answered', answer: entry.answer };
  return { kind: entry.runningUntil > now ? 'running' : 'lost' };
};
