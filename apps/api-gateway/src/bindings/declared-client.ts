import { Inject, Injectable } from '@nestjs/common';
import { isClientMissing, type ConnectionId } from '@dialtone/domain';
import type { KnownClients } from '@dialtone/persistence';
import { ApiError } from '../http/errors/api-error';
import { findListed } from '../management/find-listed';
import {
  ACCOUNTS,
  GATEWAY_SETTINGS,
  KNOWN_CLIENTS,
  type GatewaySettings,
  type VoiceLinkAccounts,
} from '../outside/tokens';

const noSuchClient = (clientId: number): ApiError =>
  new ApiError(
    'VALIDATION_ERROR',
    `The VoiceLink account of this connection has no client ${String(clientId)}: GET /api/v2/voicelink/clients lists its clients, and POST /api/v2/voicelink/clients creates one.`,
    { details: [{ field: 'client_id', message: 'No such client on this connection.' }] },
  );

/**
 * Whether the client that a declaration names exists. A typing error is refused at once; a client that may exist is not,
 * because a declaration for it is only early.
 */
@Injectable()
export class DeclaredClient {
  constructor(
    @Inject(KNOWN_CLIENTS) private readonly clients: KnownClients,
    @Inject(ACCOUNTS) private readonly accounts: VoiceLinkAccounts,
    @Inject(GATEWAY_SETTINGS) private readonly settings: GatewaySettings,
  ) {}

  /** Null, or the refusal. VoiceLink is asked only when the stored list lacks the client: that costs the caller's own account. */
  async refusal(connectionId: ConnectionId, clientId: number): Promise<ApiError | null> {
    const stored = await this.clients.find(connectionId, clientId);
    if (!isClientMissing(stored, this.settings.freshForMs)) return null;
    return (await this.isUnlisted(connectionId, clientId)) ? noSuchClient(clientId) : null;
  }

  /** Absence needs two listings here, too: a client may have been created at VoiceLink since the stored one. */
  private async isUnlisted(connectionId: ConnectionId, clientId: number): Promise<boolean> {
    const account = await this.accounts.open(connectionId);
    if (account === null) return false;
    const { row, doubt } = await findListed({ account }, 'clients', ({ id }) => id === clientId);
    return row === null && doubt === null;
  }
}
