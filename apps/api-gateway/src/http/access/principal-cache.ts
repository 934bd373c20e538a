import { createHash } from 'node:crypto';
import { DatabaseAwayError, type ApiKeyStore, type Principal } from '@dialtone/persistence';
import { Semaphore } from './semaphore';

/** A revoked key is accepted for this long at most. */
const MAX_AGE_MS = 1000;
const MAX_REMEMBERED = 1000;
/** Concurrent look-ups of keys that were never accepted: guesses must not use up the database connections. */
const STRANGERS_AT_ONCE = 2;

interface Accepted {
  readonly principal: Principal;
  readonly expiresAt: number;
}

/**
 * Looks up each API key at most once a second, and once for concurrent requests (single-flight). Remembers only accepted
 * keys, so that a new key works at once and guesses fill no memory. A key that was accepted before is looked up at once; other
 * keys queue behind a semaphore. Keys are kept as digests.
 *
 * A look-up, its time in the queue included, fails at its deadline for all requests that share it; the next request starts
 * a new one.
 */
export class PrincipalCache {
  /** An expired entry stays: it tells that the key was accepted before. */
  private readonly accepted = new Map<string, Accepted>();
  private readonly pending = new Map<string, Promise<Principal | null>>();
  private readonly strangers = new Semaphore(STRANGERS_AT_ONCE);

  constructor(
    private readonly store: Pick<ApiKeyStore, 'authenticate'>,
    private readonly deadlineMs: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  authenticate(apiKey: string): Promise<Principal | null> {
    const id = createHash('sha256').update(apiKey).digest('base64');
    const known = this.accepted.get(id);
    if (known !== undefined && known.expiresAt > this.now()) return Promise.resolve(known.principal);
    const pending = this.pending.get(id);
    if (pending !== undefined) return pending;
    const deadline = AbortSignal.timeout(this.deadlineMs);
    const answer = this.lookUp(id, apiKey, { isKnown: known !== undefined, deadline });
    const lookup = Promise.race([answer, over(deadline)]).finally(() => this.pending.delete(id));
    this.pending.set(id, lookup);
    return lookup;
  }

  private async lookUp(
    id: string,
    apiKey: string,
    { isKnown, deadline }: { readonly isKnown: boolean; readonly deadline: AbortSignal },
  ): Promise<Principal | null> {
    let askedAt = this.now();
    const ask = async (): Promise<Principal | null> => {
      // Its request has timed out, and others wait for the turn.
      if (deadline.aborted) throw tooLate();
      askedAt = this.now();
      return this.store.authenticate(apiKey);
    };
    const principal = await (isKnown ? ask() : this.strangers.run(ask));
    this.accepted.delete(id);
    if (principal !== null) this.remember(id, { principal, expiresAt: askedAt + MAX_AGE_MS });
    return principal;
  }

  /** Evicts the entry with the oldest look-up. */
  private remember(id: string, accepted: Accepted): void {
    const [oldest] = this.accepted.keys();
    if (oldest !== undefined && this.accepted.size >= MAX_REMEMBERED) this.accepted.delete(oldest);
    this.accepted.set(id, accepted);
  }
}

const tooLate = (): DatabaseAwayError => new DatabaseAwayError('An API key could not be looked up in time.');

const over = (deadline: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    deadline.addEventListener('abort', () => {
      reject(tooLate());
    });
  });
