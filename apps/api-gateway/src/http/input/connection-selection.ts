import { Inject, Injectable } from '@nestjs/common';
import { parseConnectionId, type ConnectionId, type PartnerId } from '@dialtone/domain';
import type { ConnectionRow, ConnectionStore, TelephonyProvider } from '@dialtone/persistence';
import { CONNECTION_STORE } from '../../outside/tokens';
import { ApiError, invalidInput } from '../errors/api-error';
import { Nullable } from './field';
import { uuid } from './kinds';

const EXAMPLE = '9b7f1c44-c87f-4f0c-9124-3c802a9c1a20';

class OlderSpelling {
  @Nullable('connectionId', uuid(), { description: 'Older spelling of connection_id.', deprecated: true })
  readonly connectionId?: string | null;
}

/** Both spellings of the connection id, which every input accepts. */
export class ConnectionInput extends OlderSpelling {
  @Nullable('connection_id', uuid(), {
    title: 'ChosenConnectionId',
    description: 'The connection; needed only by a partner with several active ones of the provider.',
    example: EXAMPLE,
  })
  readonly connection_id?: string | null;
}

/** Both spellings as a filter: omits everything on other connections. */
export class ConnectionFilter extends OlderSpelling {
  @Nullable('connection_id', uuid(), { description: 'Only what is on this connection.', example: EXAMPLE })
  readonly connection_id?: string | null;
}

/** The connection that the caller named, or null. */
export const requestedConnection = (input: ConnectionInput): ConnectionId | null => {
  const raw = input.connection_id ?? input.connectionId ?? null;
  if (raw === null) return null;
  const id = parseConnectionId(raw);
  const other = input.connectionId ?? raw;
  if (id === null || parseConnectionId(other) !== id) {
    throw invalidInput(
      'connection_id',
      'connection_id and connectionId must not contradict each other: send only connection_id.',
    );
  }
  return id;
};

export const connectionNotFound = (provider: TelephonyProvider = 'voicelink'): ApiError =>
  new ApiError('CONNECTION_NOT_FOUND', `This partner has no such active ${provider} connection: check connection_id.`);

/** The id alone names the connection: its provider is unknown. */
export const noSuchConnection = (): ApiError =>
  new ApiError(
    'CONNECTION_NOT_FOUND',
    'This partner has no such active connection: check connection_id. One that was disconnected stays so: create a new one, with its credentials.',
  );

const chosenOf = (
  active: readonly ConnectionRow[],
  requested: ConnectionId | null,
  provider: TelephonyProvider,
): ConnectionRow | null => {
  if (requested !== null) return active.find((connection) => connection.id === requested) ?? null;
  const [only, ...others] = active;
  if (others.length === 0) return only ?? null;
  throw new ApiError(
    'CONNECTION_AMBIGUOUS',
    `connection_id is required because this partner has multiple active ${provider} connections.`,
    { details: [{ field: 'connection_id', message: 'connection_id is required.' }] },
  );
};

const chosenOrThrow = (
  chosen: ConnectionRow | null,
  requested: ConnectionId | null,
  provider: TelephonyProvider,
): ConnectionRow => {
  if (chosen !== null) return chosen;
  throw requested === null
    ? new ApiError('CONNECTION_NOT_FOUND', `This partner has no active ${provider} connection: create one first.`)
    : connectionNotFound(provider);
};

/** Chooses the partner's connection of a provider, for every endpoint that needs one. */
@Injectable()
export class ConnectionSelection {
  constructor(@Inject(CONNECTION_STORE) private readonly connections: ConnectionStore) {}

  /** The active connection to write on: the named one, or the only one. Throws an ApiError when there is none. */
  async active(
    partnerId: PartnerId,
    requested: ConnectionId | null,
    provider: TelephonyProvider = 'voicelink',
  ): Promise<ConnectionRow> {
    return chosenOrThrow(await this.candidate(partnerId, requested, provider), requested, provider);
  }

  /** The same choice for many: the connections are read once. */
  async chooser(partnerId: PartnerId): Promise<(requested: ConnectionId | null) => ConnectionId> {
    const active = await this.connections.active(partnerId, 'voicelink');
    return (requested) => chosenOrThrow(chosenOf(active, requested, 'voicelink'), requested, 'voicelink').id;
  }

  /** The same, but null when there is none. */
  async candidate(
    partnerId: PartnerId,
    requested: ConnectionId | null,
    provider: TelephonyProvider,
  ): Promise<ConnectionRow | null> {
    if (requested === null) return chosenOf(await this.connections.active(partnerId, provider), null, provider);
    const named = await this.connections.find(partnerId, requested);
    return named?.provider === provider && named.status === 'ACTIVE' ? named : null;
  }

  /** The partner's connection, active or not, for reading stored rows. */
  async existing(partnerId: PartnerId, requested: ConnectionId): Promise<ConnectionRow> {
    const connection = await this.connections.find(partnerId, requested);
    if (connection === null) {
      throw new ApiError('CONNECTION_NOT_FOUND', 'This partner has no such connection: check connection_id.');
    }
    return connection;
  }
}
