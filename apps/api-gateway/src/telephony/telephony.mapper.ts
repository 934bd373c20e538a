import type { ConnectionRow, ConnectionView, ShownNumber } from '@dialtone/persistence';
import { toConnectionAdvisory } from '../readiness/advisory.dto';
import type { Fields } from '../http/errors/envelope';
import type { InventoryNumberDto } from './inventory-number.dto';
import type { ConnectionDto, ListedConnectionDto, UsedConnectionDto } from './connection.dto';

/** Fields are in the order of the documented examples. */
export const toInventoryNumber = (row: ShownNumber): Fields<InventoryNumberDto> => ({
  id: row.id,
  phone_number: row.phoneNumber,
  friendly_name: row.friendlyName,
  status: row.status,
  is_default: row.isDefault,
  inbound_enabled: row.inboundEnabled,
  agent: row.agent === null ? null : { id: row.agent.id, name: row.agent.name },
});

type Head = Pick<
  ConnectionDto,
  | 'id'
  | 'connection_id'
  | 'provider'
  | 'provider_key'
  | 'name'
  | 'status'
  | 'is_default'
  | 'disconnecting'
  | 'advisories'
>;

const toHead = (row: ConnectionRow): Head => ({
  id: row.id,
  connection_id: row.id,
  provider: row.provider,
  provider_key: row.provider.toUpperCase(),
  name: row.name,
  status: row.status,
  is_default: row.isDefault,
  ...(row.isEnding && { disconnecting: true }),
  ...(row.advisories.length > 0 && { advisories: row.advisories.map(toConnectionAdvisory) }),
});

export const toUsedConnection = (row: ConnectionRow): Fields<UsedConnectionDto> => ({
  ...toHead(row),
  last_verified_at: row.lastVerifiedAt?.toISOString() ?? null,
  last_error_message: row.lastErrorMessage,
});

type Numbers = Pick<ConnectionDto, 'phone_numbers' | 'phone_numbers_truncated'>;

const toNumbers = ({ phoneNumbers, hasMoreNumbers }: ConnectionView): Numbers => ({
  phone_numbers: phoneNumbers.map(toInventoryNumber),
  ...(hasMoreNumbers && { phone_numbers_truncated: true }),
});

export const toConnection = (view: ConnectionView): Fields<ConnectionDto> => ({
  ...toHead(view.connection),
  ...toNumbers(view),
  created_at: view.connection.createdAt.toISOString(),
  updated_at: view.connection.updatedAt.toISOString(),
});

export const toListedConnection = (view: ConnectionView): Fields<ListedConnectionDto> => ({
  ...toUsedConnection(view.connection),
  ...toNumbers(view),
});
