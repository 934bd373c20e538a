import type { Fields } from '../http/errors/envelope';
import { AGENT } from '../readiness/example-number';
import type { InventoryNumberDto } from './inventory-number.dto';
import type { ConfiguredConnectionDto, ConnectionAnswerDto, ConnectionDto } from './connection.dto';

const ID = '9b7f1c44-c87f-4f0c-9124-3c802a9c1a20';

const NUMBER: Fields<InventoryNumberDto> = {
  id: 'f1a2c3d4-1111-2222-3333-444455556666',
  phone_number: '+918011223344',
  friendly_name: null,
  status: 'ACTIVE',
  is_default: true,
  inbound_enabled: false,
  agent: AGENT,
};

const CONNECTION: Fields<ConnectionDto> = {
  id: ID,
  connection_id: ID,
  provider: 'plivo',
  provider_key: 'PLIVO',
  name: 'Plivo India - Sales',
  status: 'ACTIVE',
  is_default: true,
  phone_numbers: [NUMBER],
  created_at: '2026-06-09T08:00:00.000Z',
  updated_at: '2026-06-09T08:00:00.000Z',
};

const LATER = '2026-06-10T08:00:00.000Z';

/** One connection through its life; the examples of single fields show it as created. */
export const RENAMED: Fields<ConnectionAnswerDto> = {
  connection: { ...CONNECTION, name: 'Plivo India - Support', updated_at: LATER },
};

export const DISCONNECTED: Fields<ConnectionAnswerDto> = {
  connection: {
    ...CONNECTION,
    status: 'DISCONNECTED',
    is_default: false,
    phone_numbers: [{ ...NUMBER, status: 'INACTIVE' }],
    updated_at: LATER,
  },
};

export const CONFIGURED: Fields<ConfiguredConnectionDto> = {
  message: 'The default Plivo connection was updated.',
  from_number: '+918011223344',
  auth_id: '****wxyz',
  connection: { ...CONNECTION, updated_at: LATER },
};
