/** A time-limited right to act on a resource. `epoch` goes up with every acquisition anywhere: the fencing token. */
export interface Lease {
  readonly resource: string;
  readonly owner: string;
  readonly epoch: bigint;
  /** Epoch ms, database clock. */
  readonly expiresAt: number;
}

const KINDS = ['did', 'client-bots', 'request'] as const;
const resourceOf = (kind: (typeof KINDS)[number], connectionId: string, what: string): string =>
  `${kind}:${connectionId}/${what}`;

export const sweepResource = (connectionId: string): string => `sweep:${connectionId}`;
export const didResource = (connectionId: string, key: string): string => resourceOf('did', connectionId, key);
/** By account, not by connection: a second bot that two connections make cannot be taken back either. */
export const clientBotsResource = (accountId: string, clientId: number): string =>
  resourceOf('client-bots', accountId, String(clientId));
export const webhookResource = (webhookId: string): string => `webhook:${webhookId}`;
/** What only requests of the management API exclude each other about, for example one client's record. */
export const requestResource = (connectionId: string, what: string): string =>
  resourceOf('request', connectionId, what);
/**
 * How the names begin, up to the colon, of leases that may end before their time: whatever their holder still does is fenced by the lease's
 * row. A leader trusts its own by the clock.
 */
export const FENCED_KINDS: readonly string[] = ['sweep', 'did', 'client-bots'];

/** How the names of all leases of a connection begin, but for the one of its sweep. */
export const resourcePrefixes = (connectionId: string): readonly string[] =>
  KINDS.map((kind) => resourceOf(kind, connectionId, ''));

/** Contract: two callers never hold the same unexpired resource; expiry is judged by the store's clock, not the caller's. */
export interface Leases {
  /** Null while it is held, also by the same owner. */
  acquire(resource: string, owner: string, ttlMs: number): Promise<Lease | null>;
  /** False when the lease was lost: stop all work under it. */
  renew(lease: Lease, ttlMs: number): Promise<boolean>;
  /** Idempotent; releasing a lost lease does nothing. */
  release(lease: Lease): Promise<void>;
}
