import type { ConnectionId } from '@dialtone/domain';
import type { Accounts } from '@dialtone/engine';
import { createVoiceLinkAccount, type HttpVoiceLinkAccount } from './account';
import type { VoiceLinkOptions } from './options';

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
  readonly account: Omit<VoiceLinkOptions, keyof Access>;
}

interface Opened {
  readonly access: Access;
  readonly account: HttpVoiceLinkAccount;
}

/**
 * Keeps one account, with its token and its connections, per telephony connection, for as long as its credentials stay
 * the same. The store is asked when an account is opened and once more before each request, so that nothing more is sent
 * from the moment in which a connection is disconnected or gets other credentials, however long the work is under way. What
 * is in flight then is waited for: cutting it would leave the outcome of a write unknown.
 */
export class AccountPool implements Accounts {
  private readonly opened = new Map<ConnectionId, Opened>();
  private readonly retired = new Set<HttpVoiceLinkAccount>();

  constructor(private readonly options: AccountPoolOptions) {}

  async open(connectionId: ConnectionId): Promise<HttpVoiceLinkAccount | null> {
    const access = await this.options.source.access(connectionId);
    const current = this.opened.get(connectionId);
    if (access !== null && current !== undefined && isSame(access, current.access)) return current.account;
    if (current !== undefined) {
      this.opened.delete(connectionId);
      this.retire(current.account);
    }
    // The allow-list is asked again at use: what was stored under an earlier configuration gets no credentials.
    if (access === null || !this.options.allowedBaseUrls.includes(access.baseUrl)) return null;
    return this.remember(connectionId, access);
  }

  async close(): Promise<void> {
    const accounts = [...[...this.opened.values()].map(({ account }) => account), ...this.retired];
    this.opened.clear();
    await Promise.all(accounts.map((account) => account.close()));
  }

  private retire(account: HttpVoiceLinkAccount): void {
    this.retired.add(account);
    void account.drain().finally(() => this.retired.delete(account));
  }

  private async isCurrent(connectionId: ConnectionId, access: Access): Promise<boolean> {
    const current = await this.options.source.access(connectionId);
    return current !== null && isSame(current, access);
  }

  /** Of two that opened at the same time, the second finds the first one's. */
  private remember(connectionId: ConnectionId, access: Access): HttpVoiceLinkAccount {
    const meanwhile = this.opened.get(connectionId);
    if (meanwhile !== undefined && isSame(access, meanwhile.access)) return meanwhile.account;
    const mayCall = (): Promise<boolean> => this.isCurrent(connectionId, access);
    const account = createVoiceLinkAccount({ ...this.options.account, ...access, mayCall });
    this.opened.set(connectionId, { access, account });
    return account;
  }
}

const isSame = (a: Access, b: Access): boolean =>
  a.baseUrl === b.baseUrl &&
  a.credentials.username === b.credentials.username &&
  a.credentials.password === b.credentials.password;
