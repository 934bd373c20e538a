import { Inject, Injectable } from '@nestjs/common';
import { isStrayBot, type ConnectionId, type RemoteBot } from '@dialtone/domain';
import { readListed } from '../../management/find-listed';
import { ACCOUNTS, type VoiceLinkAccounts } from '../../outside/tokens';

/** The bots of a client; null: not known. */
export type BotsOf = (connectionId: ConnectionId, clientId: number) => Promise<readonly RemoteBot[] | null>;

/** Bots of clients that no look at a number has asked for, because none is declared for them yet. */
@Injectable()
export class ClientBots {
  constructor(@Inject(ACCOUNTS) private readonly accounts: VoiceLinkAccounts) {}

  /** Lists the bots of a connection once, when they are first asked for: that costs the caller's own account. */
  reader(): BotsOf {
    const lists = new Map<ConnectionId, Promise<readonly RemoteBot[] | null>>();
    return async (connectionId, clientId) => {
      const list = lists.get(connectionId) ?? this.list(connectionId);
      lists.set(connectionId, list);
      const bots = await list;
      return bots?.filter((bot) => bot.clientId === clientId) ?? null;
    };
  }

  /** Null: it does not say whose every bot is, or what there is. */
  private async list(connectionId: ConnectionId): Promise<readonly RemoteBot[] | null> {
    const account = await this.accounts.open(connectionId);
    if (account === null) return null;
    const { rows, doubt } = await readListed({ account }, 'bots');
    return doubt === null && !rows.some(isStrayBot) ? rows : null;
  }
}
