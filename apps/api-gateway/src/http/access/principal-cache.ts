import { hash } from 'node:crypto';
import { DatabaseAwayError, type ApiKeyStore, type Principal } from '@dialtone/persistence';
import { StrangerLookups, type Found } from './stranger-lookups';

/** A revoked key is accepted for this long at most. */
const MAX_AGE_MS = 1000;
const MAX_REMEMBERED = 1000;

interface Accepted {
  readonly principal: Principal;
  readonly expiresAt: number;
}

/** One look-up, for all requests that ask for the same key meanwhile. */
interface Lookup {
  readonly answer: Promise<Principal | null>;
  /** Gives up its place among those that wait. */
  readonly drop: () => void;
  askers: number;
}

export interface Asked {
  /** Null for a key that is not accepted. */
  readonly answer: Promise<Principal | null>;
  /** Call once when the sender has left: a look-up that nobody waits for any more is not made. */
  readonly leave: () => void;
}

/**
 * Looks up each API key at most once a second, and once for concurrent requests (single-flight). Remembers only accepted
 * keys, so that a new key works at once and guesses fill no memory. A key that was accepted before is looked up at once; other
 * keys are looked up together (see `StrangerLookups`). Keys are kept as digests.
 *
 * A look-up, its time in the queue included, fails at its deadline for all requests that share it; the next request starts
 * a new one.
 */
export class PrincipalCache {
  /** An expired entry stays: it tells that the key was accepted before. */
  private readonly accepted = new Map<string, Accepted>();
  private readonly pending = new Map<string, Lookup>();
  private readonly strangers: StrangerLookups;

  constructor(
    private readonly store: Pick<ApiKeyStore, 'authenticate' | 'authenticateAll'>,
    private readonly deadlineMs: number,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.strangers = new StrangerLookups(store, now);
  }

  /** Throws SERVICE_UNAVAILABLE at once when too many strangers wait already. */
  ask(apiKey: string): Asked {
    const id = hash('sha256', apiKey, 'base64');
    const known = this.accepted.get(id);
    if (known !== undefined && known.expiresAt > this.now()) {
      return { answer: Promise.resolve(known.principal), leave: () => undefined };
    }
    const lookup = this.pending.get(id) ?? this.begin(id, apiKey, known !== undefined);
    lookup.askers += 1;
    const leave = (): void => {
      lookup.askers -= 1;
      if (lookup.askers === 0) lookup.drop();
    };
    return { answer: lookup.answer, leave };
  }

  private begin(id: string, apiKey: string, isKnown: boolean): Lookup {
    const { found, drop } = isKnown ? this.lookUpNow(apiKey) : this.lookUpInTurn(apiKey);
    const forget = (): void => {
      drop();
      if (this.pending.get(id) === lookup) this.pending.delete(id);
    };
    const answer = within(this.deadlineMs, found)
      .then((one) => this.noted(id, one))
      .finally(forget);
    const lookup: Lookup = { answer, drop: forget, askers: 0 };
    this.pending.set(id, lookup);
    return lookup;
  }

  private lookUpNow(apiKey: string): { readonly found: Promise<Found>; readonly drop: () => void } {
    const askedAt = this.now();
    const found = this.store.authenticate(apiKey).then((principal) => ({ principal, askedAt }));
    return { found, drop: () => undefined };
  }

  private lookUpInTurn(apiKey: string): { readonly found: Promise<Found>; readonly drop: () => void } {
    const waiting = this.strangers.add(apiKey);
    const drop = (): void => {
      this.strangers.remove(waiting);
    };
    return { found: waiting.answer.promise, drop };
  }

  private noted(id: string, { principal, askedAt }: Found): Principal | null {
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

/** The timer ends with the answer: one that stays until it runs out would hold on to every guess for seconds. */
const within = async <T>(ms: number, answer: Promise<T>): Promise<T> => {
  const over = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    over.reject(tooLate());
  }, ms);
  try {
    return await Promise.race([answer, over.promise]);
  } finally {
    clearTimeout(timer);
  }
};
