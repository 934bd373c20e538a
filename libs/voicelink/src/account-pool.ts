import { createHash } from 'node:crypto';
import type { ConnectionId } from '@dialtone/domain';
import {
  UpstreamGate,
  type Accounts,
  type GateObserver,
  type RateLane,
  type UpstreamGateParts,
} from '@dialtone/engine';
import { createVoiceLinkAccount, type HttpVoiceLinkAccount } from './http-account';
import type { UnreadableObserver, VoiceLinkOptions } from './options';

type Access = Pick<VoiceLinkOptions, 'baseUrl' | 'credentials'>;

/** Where the credentials of a connection come from. */
export interface AccessSource {
  /** Null when the connection is missing, disconnected or not VoiceLink. */
  access(connectionId: ConnectionId): Promise<Access | null>;
}

export interface AccountPoolOptions {
  readonly source: AccessSource;
  /** Base URLs that credentials may be sent to. */
  readonly allowedBaseUrls: readonly string[];
  /** For every account. */
  readonly account: Omit<VoiceLinkOptions, keyof Access | 'gate' | 'onUnreadable'>;
  /** Makes each account's observer of values that are not understood. */
  readonly unreadableOf?: (connectionId: ConnectionId) => UnreadableObserver;
  /** Keeps the requests of all processes within limits. Without it there are no limits. */
  readonly protection?: UpstreamProtection;
  /**
   * How long (ms) what the source said holds for reads; a write always asks. Default: 0, each read asks. Only for a pool that `wake`
   * is called on whenever a connection may have changed.
   */
  readonly sureForMs?: number;
  /** An account that was not opened for this long is closed if its connection is gone. Default: 5 minutes. */
  readonly idleMs?: number;
}

/** Makes the gate of each account: its breaker is the connection's, its budget the credential's. */
export interface UpstreamProtection extends Pick<UpstreamGateParts, 'budget' | 'limits' | 'clock'> {
  readonly observerOf: (connectionId: ConnectionId | null) => GateObserver;
}

interface Opened {
  readonly access: Access;
  readonly account: HttpVoiceLinkAccount;
  /** When it was last found to be the connection's, ms of the process's own clock. */
  confirmedAt: number;
}

const IDLE_MS = 300_000;

/**
 * Keeps one account, with its token and its HTTP connections, per telephony connection, as long as its credentials stay the
 * same. The pool asks the store when an account is opened and again before each request: after a disconnect or a change
 * of credentials nothing more is sent, however long the work has been running; of a list whose pages follow one another within
 * `sureForMs` it asks again once it is woken. Requests in flight then finish, because cutting one would leave a write in doubt. A connection that is gone is never opened again, so each opening of another
 * account also looks for idle accounts to close.
 */
export class AccountPool implements Accounts {
  private readonly opened = new Map<ConnectionId, Opened>();
  private readonly retired = new Set<HttpVoiceLinkAccount>();
  /** Goes up whenever something may have changed: an answer to an earlier question makes nothing sure. */
  private changes = 0;

  constructor(private readonly options: AccountPoolOptions) {}

  /** Connections may have changed: whatever is sent next asks the source first. */
  wake(): void {
    this.changes += 1;
  }

  async open(connectionId: ConnectionId, lane: RateLane = 'user'): Promise<HttpVoiceLinkAccount | null> {
    void this.giveUpIdle();
    return (await this.accountOf(connectionId))?.in(lane) ?? null;
  }

  async close(): Promise<void> {
    const accounts = [...[...this.opened.values()].map(({ account }) => account), ...this.retired];
    this.opened.clear();
    await Promise.all(accounts.map((account) => account.close()));
  }

  private async accountOf(connectionId: ConnectionId): Promise<HttpVoiceLinkAccount | null> {
    const access = await this.options.source.access(connectionId);
    const current = this.confirmed(connectionId, access);
    if (current !== null) return current;
    // The allow-list applies again at use: a base URL stored under an earlier configuration gets no credentials.
    if (access === null || !this.options.allowedBaseUrls.includes(access.baseUrl)) return null;
    return this.remember(connectionId, access);
  }

  /** The open account, or null. Closes an account whose access no longer matches the connection. */
  private confirmed(connectionId: ConnectionId, access: Access | null): HttpVoiceLinkAccount | null {
    const current = this.opened.get(connectionId);
    if (current === undefined) return null;
    current.confirmedAt = performance.now();
    if (access !== null && isSame(access, current.access)) return current.account;
    this.opened.delete(connectionId);
    this.retire(current.account);
    return null;
  }

  private async giveUpIdle(): Promise<void> {
    const { source, idleMs = IDLE_MS } = this.options;
    for (const [connectionId, opened] of this.opened) {
      if (performance.now() - opened.confirmedAt < idleMs) continue;
      opened.confirmedAt = performance.now();
      try {
        const access = await source.access(connectionId);
        if (this.opened.get(connectionId) === opened) this.confirmed(connectionId, access);
      } catch {
        // The store did not answer: the next opening tries again.
      }
    }
  }

  private retire(account: HttpVoiceLinkAccount): void {
    this.retired.add(account);
    void account.drain().finally(() => this.retired.delete(account));
  }

  /** Asks for permission: the source, or what it said a moment ago. */
  private permissionOf(connectionId: ConnectionId, access: Access): (kind: 'read' | 'write') => Promise<boolean> {
    const sure = { until: 0, changes: this.changes };
    return async (kind) => {
      const askedAt = performance.now();
      const { changes } = this;
      if (kind === 'read' && sure.changes === changes && askedAt < sure.until) return true;
      sure.until = 0;
      const current = await this.options.source.access(connectionId);
      const isCurrent = current !== null && isSame(current, access);
      if (isCurrent) Object.assign(sure, { until: askedAt + (this.options.sureForMs ?? 0), changes });
      return isCurrent;
    };
  }

  /** When two callers open a connection at once, the second gets the account of the first. */
  private remember(connectionId: ConnectionId, access: Access): HttpVoiceLinkAccount {
    const meanwhile = this.opened.get(connectionId);
    if (meanwhile !== undefined && isSame(access, meanwhile.access)) return meanwhile.account;
    const { account: options, protection, unreadableOf } = this.options;
    const account = createVoiceLinkAccount({
      ...options,
      ...access,
      mayCall: this.permissionOf(connectionId, access),
      ...(unreadableOf !== undefined && { onUnreadable: unreadableOf(connectionId) }),
      ...(protection !== undefined && { gate: gateOf(protection, access, connectionId) }),
    });
    this.opened.set(connectionId, { access, account, confirmedAt: performance.now() });
    return account;
  }
}

/** The gate of one account. `connectionId` is null for credentials that belong to no connection yet. */
export const gateOf = (
  { budget, clock, limits, observerOf }: UpstreamProtection,
  access: Access,
  connectionId: ConnectionId | null = null,
): UpstreamGate =>
  new UpstreamGate({ credential: credentialOf(access), budget, clock, limits, observer: observerOf(connectionId) });

/** Names the budget of a login: equal for all connections and processes that log in as the same user, whatever the password. */
export const credentialOf = ({ baseUrl, credentials }: Access): string =>
  createHash('sha256').update(`${baseUrl}\n${credentials.username}`).digest('base64url');

const isSame = (a: Access, b: Access): boolean =>
  a.baseUrl === b.baseUrl &&
  a.credentials.username === b.credentials.username &&
  a.credentials.password === b.credentials.password;
