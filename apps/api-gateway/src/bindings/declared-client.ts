import { Inject, Injectable } from '@nestjs/common';
import { isClientMissing, type ConnectionId } from '@dialtone/domain';
import type { KnownClients } from '@dialtone/persistence';
import { ApiError } from '../http/errors/api-error';
import { readListed } from '../management/find-listed';
import {
  ACCOUNTS,
  GATEWAY_SETTINGS,
  KNOWN_CLIENTS,
  type GatewaySettings,
  type VoiceLinkAccounts,
} from '../outside/tokens';

export const noSuchClient = (clientId: number): ApiError =>
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

  /**
   * Those of the clients that surely do not exist. VoiceLink is asked, once, only when the stored list lacks one: that costs the
   * caller's own account.
   */
  async missing(connectionId: ConnectionId, clientIds: readonly number[]): Promise<ReadonlySet<number>> {
    if (clientIds.length === 0) return new Set();
    const stored = await this.clients.find(connectionId, clientIds);
    const suspects = clientIds.filter((id) => isClientMissing(stored.get(id) ?? null, this.settings.freshForMs));
    return new Set(suspects.length === 0 ? [] : await this.unlisted(connectionId, suspects));
  }

  /** Absence needs two listings here, too: a client may have been created at VoiceLink since the stored one. */
  private async unlisted(connectionId: ConnectionId, clientIds: readonly number[]): Promise<readonly number[]> {
    const account = await this.accounts.open(connectionId);
    if (account === null) return [];
    const { rows, doubt } = await readListed({ account }, 'clients');
    const listed = new Set(rows.map(({ id }) => id));
    return doubt === null ? clientIds.filter((id) => !listed.has(id)) : [];
  }
}
