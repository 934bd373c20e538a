import { randomBytes } from 'node:crypto';

/**
 * Bearer tokens of the form `<number>|<string>` (Laravel Sanctum; VoiceLink upstream notes §2). Tokens are truly random and
 * die with the process, so that a token of an earlier run is never accepted.
 */
export class Sessions {
  private readonly issuedAt = new Map<string, number>();
  private count = 0;

  constructor(private readonly now: () => number) {}

  issue(): string {
    this.count += 1;
    const token = `${String(this.count)}|${randomBytes(30).toString('base64url')}`;
    this.issuedAt.set(token, this.now());
    return token;
  }

  /** `ttlSeconds` 0: without end. */
  accepts(token: string | null, ttlSeconds: number): boolean {
    const at = token === null ? undefined : this.issuedAt.get(token);
    return at !== undefined && (ttlSeconds === 0 || this.now() - at < ttlSeconds * 1000);
  }

  revoke(token: string | null): void {
    if (token !== null) this.issuedAt.delete(token);
  }

  revokeAll(): void {
    this.issuedAt.clear();
  }
}
