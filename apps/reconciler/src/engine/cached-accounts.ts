import type { ConnectionId } from '@dialtone/domain';
import type { Accounts } from '@dialtone/engine';
import type { ConnectionStore } from '@dialtone/persistence';
import type { HttpVoiceLinkAccount, VoiceLinkOptions } from '@dialtone/voicelink';

type Access = NonNullable<Awaited<ReturnType<ConnectionStore['access']>>>;

interface Opened {
  readonly access: Access;
  readonly account: HttpVoiceLinkAccount;
}

/**
 * Keeps one account, with its token and its connections, per telephony connection, for as long as its credentials stay
 * the same. The store is asked every time, so that a disconnected connection is not used again.
 */
export class CachedAccounts implements Accounts {
  private readonly opened = new Map<ConnectionId, Opened>();

  constructor(
    private readonly connections: Pick<ConnectionStore, 'access'>,
    private readonly create: (access: Pick<VoiceLinkOptions, 'baseUrl' | 'credentials'>) => HttpVoiceLinkAccount,
    private readonly isAllowed: (baseUrl: string) => boolean,
  ) {}

  async open(connectionId: ConnectionId): Promise<HttpVoiceLinkAccount | null> {
    const access = await this.connections.access(connectionId);
    const current = this.opened.get(connectionId);
    if (access !== null && current !== undefined && isSame(access, current.access)) return current.account;
    if (current !== undefined) {
      this.opened.delete(connectionId);
      await current.account.close();
    }
    // The allow-list is asked again at use: what was stored under an earlier configuration gets no credentials.
    if (access === null || !this.isAllowed(access.baseUrl)) return null;
    return this.remember(connectionId, access);
  }

  async close(): Promise<void> {
    const accounts = [...this.opened.values()];
    this.opened.clear();
    await Promise.all(accounts.map(({ account }) => account.close()));
  }

  /** Of two that opened at the same time, the second finds the first one's. */
  private remember(connectionId: ConnectionId, access: Access): HttpVoiceLinkAccount {
    const meanwhile = this.opened.get(connectionId);
    if (meanwhile !== undefined && isSame(access, meanwhile.access)) return meanwhile.account;
    const account = this.create(access);
    this.opened.set(connectionId, { access, account });
    return account;
  }
}

const isSame = (a: Access, b: Access): boolean =>
  a.baseUrl === b.baseUrl &&
  a.credentials.username === b.credentials.username &&
  a.credentials.password === b.credentials.password;
