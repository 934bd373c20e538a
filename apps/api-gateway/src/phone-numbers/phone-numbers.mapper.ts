import type { PhoneNumberRow } from '@dialtone/persistence';
import type { Fields } from '../http/errors/envelope';
import type { PhoneNumberDto } from './phone-numbers.dto';

export const toPhoneNumber = (row: PhoneNumberRow): Fields<PhoneNumberDto> => ({
  id: row.id,
  phone_number: row.phoneNumber,
  provider: row.provider.toUpperCase(),
  friendly_name: row.friendlyName,
  status: row.status,
  is_default: row.isDefault,
  agent: row.agent === null ? null : { id: row.agent.id, name: row.agent.name },
  inbound_enabled: row.inboundEnabled,
  connection_id: row.connectionId,
  created_at: row.createdAt.toISOString(),
  updated_at: row.updatedAt.toISOString(),
});
