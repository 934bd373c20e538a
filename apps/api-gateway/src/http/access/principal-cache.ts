import { createHash } from 'node:crypto';
import type { ApiKeyStore, Principal } from '@dialtone/persistence';
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
 */
export class PrincipalCache {
  /** An expired entry stays: it tells that the key was accepted before. */
  private readonly accepted = new Map<string, Accepted>();
  private readonly pending = new Map<string, Promise<Principal | null>>();
  private readonly strangers = new Semaphore(STRANGERS_AT_ONCE);

  constructor(
    private readonly store: Pick<ApiKeyStore, 'authenticate'>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  authenticate(apiKey: string): Promise<Principal | null> {
    const id = createHash('sha256').update(apiKey).digest('base64');
    const known = this.accepted.get(id);
    if (known !== undefined && known.expiresAt > this.now()) return Promise.resolve(known.principal);
    const pending = this.pending.get(id);
    if (pending !== undefined) return pending;
    const lookup = this.lookUp(id, apiKey, known !== undefined).finally(() => this.pending.delete(id));
    this.pending.set(id, lookup);
    return lookup;
  }

  private async lookUp(id: string, apiKey: string, isKnown: boolean): Promise<Principal | null> {
    let askedAt = this.now();
    const ask = (): Promise<Principal | null> => {
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
