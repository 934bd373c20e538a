import { Inject, Injectable } from '@nestjs/common';
import type { ConnectionId } from '@dialtone/domain';
import type { HttpVoiceLinkAccount } from '@dialtone/voicelink';
import type { Call } from '../http/call';
import { ConnectionSelection, requestedConnection, type ConnectionInput } from '../http/input/connection-selection';
import { voiceLinkClosed } from '../http/errors/voicelink-errors';
import { ACCOUNTS, type VoiceLinkAccounts } from '../outside/tokens';

/** The account behind a call, and its connection. */
export interface Opened {
  readonly connectionId: ConnectionId;
  /** See the engine's `SweepableConnection`. */
  readonly accountId: string;
  readonly account: HttpVoiceLinkAccount;
}

/** Opens the VoiceLink account of the connection that a call chooses. */
@Injectable()
export class OpenAccount {
  constructor(
    private readonly connections: ConnectionSelection,
    @Inject(ACCOUNTS) private readonly accounts: VoiceLinkAccounts,
  ) {}

  async of({ principal }: Call, selection: ConnectionInput): Promise<Opened> {
    const connection = await this.connections.active(principal.partnerId, requestedConnection(selection));
    const account = await this.accounts.open(connection.id);
    if (account !== null) return { connectionId: connection.id, accountId: connection.accountId, account };
    throw voiceLinkClosed();
  }
}
