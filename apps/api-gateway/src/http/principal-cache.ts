import { createHash } from 'node:crypto';
import type { ApiKeyStore, Principal } from '@dialtone/persistence';

/** A revoked key is refused after this time at the latest. */
const MAX_AGE_MS = 1000;
const MAX_ENTRIES = 1000;

interface Entry {
  readonly lookup: Promise<Principal | null>;
  readonly expiresAt: number;
}

/**
 * Looks up API keys, at most once a second each, and once for all requests that ask at the same time. Only accepted keys
 * are remembered, so that a new key works at once and guessing fills nothing. Keys are held as digests.
 */
export class PrincipalCache {
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly store: Pick<ApiKeyStore, 'authenticate'>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  async authenticate(apiKey: string): Promise<Principal | null> {
    const id = createHash('sha256').update(apiKey).digest('base64');
    const known = this.entries.get(id);
    if (known !== undefined && known.expiresAt > this.now()) return known.lookup;
    if (this.entries.size >= MAX_ENTRIES) this.entries.clear();
    const entry: Entry = { lookup: this.store.authenticate(apiKey), expiresAt: this.now() + MAX_AGE_MS };
    this.entries.set(id, entry);
    return this.keepOnlySuccess(id, entry);
  }

  private async keepOnlySuccess(id: string, entry: Entry): Promise<Principal | null> {
    let principal: Principal | null = null;
    try {
      principal = await entry.lookup;
      return principal;
    } finally {
      if (principal === null && this.entries.get(id) === entry) this.entries.delete(id);
    }
  }
}
