import { isIP } from 'node:net';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { MAX_SHOWN_NUMBERS, TELEPHONY_PROVIDERS, type TelephonyProvider } from '@dialtone/persistence';
import { OptionalChoice, Rule } from '../http/input/fields';
import {
  E164,
  LOOSE_NUMBER,
  NullableChoice,
  OptionalText,
  printable,
  RequiredChoice,
  RequiredText,
  secretText,
  type TextRule,
} from '../http/input/text-fields';
import { InventoryNumberDto } from './inventory-number.dto';
import type { CredentialField, NumberField } from './providers';

const LOGIN = printable(200);
const SECRET = secretText(500);
const HOST_NAME: TextRule = {
  pattern: /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/,
  mustBe: 'a host name, for example api.exotel.com',
  maxLength: 253,
};
const SIP_HOST: TextRule = {
  pattern:
    /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])(?::(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5]))?$/,
  mustBe: 'a host name or IP address, with a port if needed, for example sip.example.com:5060',
  maxLength: 260,
};
const BASE_URL: TextRule = {
  pattern: /^[Hh][Tt]{2}[Pp][Ss]?:\/\/[\x21-\x7e]{1,500}$/,
  mustBe: 'an http(s) URL',
  maxLength: 510,
  format: 'uri',
};
const EMAIL: TextRule = {
  pattern: /^[^\s@\p{Cc}]{1,64}@[^\s@\p{Cc}]{1,190}$/u,
  mustBe: 'an e-mail address',
  maxLength: 255,
};
const IDENTIFIER: TextRule = {
  pattern: /^[\w-]{1,100}$/,
  mustBe: '1 to 100 letters, digits, hyphens or underscores',
  maxLength: 100,
};
const JWT: TextRule = { pattern: /^[\x21-\x7e]{1,4000}$/, mustBe: 'a token without spaces', maxLength: 4000 };

const MAX_SOURCES = 50;
const PREFIX = /^(?:0|[1-9]\d{0,2})$/;

const isAddressOrNetwork = (value: unknown): boolean => {
  if (typeof value !== 'string') return false;
  const [address = '', prefix, ...rest] = value.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return prefix === undefined || (PREFIX.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128));
};

const isSourceList = (value: unknown): boolean =>
  Array.isArray(value) && value.length >= 1 && value.length <= MAX_SOURCES && value.every(isAddressOrNetwork);

/** Everything that any provider takes; which of it a provider takes and needs is in `PROVIDERS`. */
export class TelephonyFields implements Partial<Readonly<Record<CredentialField | NumberField, unknown>>> {
  @OptionalText('username', LOGIN, { description: 'VoiceLink: the login.' })
  readonly username?: string | null;

  @OptionalText('password', SECRET, { description: 'VoiceLink (and Tata Smartflo, as tata_password).' })
  readonly password?: string | null;

  @OptionalText('base_url', BASE_URL, {
    description: 'VoiceLink and Tata Smartflo: one of the URLs that this deployment allows; the usual one if left out.',
    example: 'https://app.voicelink.co.in/api',
  })
  readonly base_url?: string | null;

  @OptionalText('from_number', E164, {
    description: 'Default outbound number, of any provider.',
    example: '+918011223344',
  })
  readonly from_number?: string | null;

  @OptionalText('did_number', E164, { description: 'VoiceLink and SIP: the default number.' })
  readonly did_number?: string | null;

  @OptionalText('caller_id', LOOSE_NUMBER, { description: 'Exotel: the default number (ExoPhone).' })
  readonly caller_id?: string | null;

  @OptionalText('exe_number', LOOSE_NUMBER, {
    description: 'MCube: the default number; the national form is fine.',
  })
  readonly exe_number?: string | null;

  @OptionalText('account_sid', LOGIN, { description: 'Twilio and Exotel (and Plivo and Vobiz, as auth_id).' })
  readonly account_sid?: string | null;

  @OptionalText('auth_id', LOGIN, { description: 'Plivo and Vobiz.' })
  readonly auth_id?: string | null;

  @OptionalText('auth_token', SECRET, { description: 'Twilio, Plivo and Vobiz (and Exotel, as api_token).' })
  readonly auth_token?: string | null;

  @OptionalText('api_key', SECRET, { description: 'Exotel.' })
  readonly api_key?: string | null;

  @OptionalText('api_token', SECRET, { description: 'Exotel.' })
  readonly api_token?: string | null;

  @OptionalText('subdomain', HOST_NAME, { description: 'Exotel: host of its API.', example: 'api.exotel.com' })
  readonly subdomain?: string | null;

  @OptionalText('applet_id', IDENTIFIER, { description: 'Exotel.' })
  readonly applet_id?: string | null;

  @OptionalText('sip_host', SIP_HOST, { description: 'SIP: host of the trunk.', example: 'sip.example.com:5060' })
  readonly sip_host?: string | null;

  @OptionalText('outbound_username', LOGIN, { description: 'SIP; together with outbound_password.' })
  readonly outbound_username?: string | null;

  @OptionalText('outbound_password', SECRET, { description: 'SIP; together with outbound_username.' })
  readonly outbound_password?: string | null;

  @ApiPropertyOptional({
    description: 'SIP: addresses or networks that calls come from.',
    type: 'array',
    items: { type: 'string', minLength: 2, maxLength: 49 },
    minItems: 1,
    maxItems: MAX_SOURCES,
    nullable: true,
    example: ['203.0.113.7', '198.51.100.0/24'],
  })
  @IsOptional()
  @Rule(
    'isSourceList',
    isSourceList,
    `source_ips must be a list of 1 to ${String(MAX_SOURCES)} IP addresses or networks, for example 203.0.113.7.`,
  )
  readonly source_ips?: readonly string[] | null;

  @NullableChoice('sip_transport', ['UDP', 'TCP', 'TLS'], { description: 'SIP.', example: 'UDP' })
  readonly sip_transport?: string | null;

  @NullableChoice('transport', ['UDP', 'TCP', 'TLS'], { description: 'Another name of sip_transport.' })
  readonly transport?: string | null;

  @OptionalText('tata_email', EMAIL, { description: 'Tata Smartflo: the login.' })
  readonly tata_email?: string | null;

  @OptionalText('email', EMAIL, { description: 'Another name of tata_email.' })
  readonly email?: string | null;

  @OptionalText('tata_password', SECRET, { description: 'Tata Smartflo.' })
  readonly tata_password?: string | null;

  @OptionalText('agent_number', LOOSE_NUMBER, { description: 'Tata Smartflo.' })
  readonly agent_number?: string | null;

  @OptionalText('jwt_token', JWT, { description: 'MCube.' })
  readonly jwt_token?: string | null;
}

const NAME = printable(100);

export class CreateConnectionBody extends TelephonyFields {
  @RequiredChoice('provider', TELEPHONY_PROVIDERS, { description: 'The carrier.', example: 'plivo' })
  readonly provider!: TelephonyProvider;

  @RequiredText('name', NAME, { description: 'For people; can be changed.', example: 'Plivo India - Sales' })
  readonly name!: string;
}

export class RenameConnectionBody {
  @RequiredText('name', NAME, { description: 'The new name.', example: 'Plivo India - Support' })
  readonly name!: string;
}

export const CONNECTION_STATUSES = ['ACTIVE', 'DISCONNECTED'] as const;

export class ConnectionsQuery {
  @OptionalChoice('provider', TELEPHONY_PROVIDERS, { description: 'Only of this carrier.', example: 'plivo' })
  readonly provider?: TelephonyProvider;

  @OptionalChoice('status', CONNECTION_STATUSES, {
    description: 'ACTIVE (default), or DISCONNECTED for what was disconnected.',
    example: 'ACTIVE',
  })
  readonly status: (typeof CONNECTION_STATUSES)[number] = 'ACTIVE';
}

const UUID = '9b7f1c44-c87f-4f0c-9124-3c802a9c1a20';
const TIME = '2026-06-09T08:00:00.000Z';

const SHOWN = String(MAX_SHOWN_NUMBERS);

const ShownNumbers = (): PropertyDecorator =>
  ApiProperty({
    type: [InventoryNumberDto],
    description: `The default one first, then by number; at most ${SHOWN}. GET /api/v2/phone-numbers has all of them.`,
  });

const CutOff = (): PropertyDecorator =>
  ApiPropertyOptional({
    type: Boolean,
    enum: [true],
    description: `Only there when the connection has more than ${SHOWN} numbers.`,
  });

/** What every answer about a connection begins with, in this order. */
class ConnectionHeadDto {
  @ApiProperty({ type: String, format: 'uuid', example: UUID })
  readonly id!: string;

  @ApiProperty({ type: String, format: 'uuid', description: 'The same as id.', example: UUID })
  readonly connection_id!: string;

  @ApiProperty({ enum: [...TELEPHONY_PROVIDERS], example: 'plivo' })
  readonly provider!: TelephonyProvider;

  @ApiProperty({ type: String, description: 'The provider in capitals.', example: 'PLIVO' })
  readonly provider_key!: string;

  @ApiProperty({ type: String, example: 'Plivo India - Sales' })
  readonly name!: string;

  @ApiProperty({ enum: [...CONNECTION_STATUSES], example: 'ACTIVE' })
  readonly status!: (typeof CONNECTION_STATUSES)[number];

  @ApiProperty({ type: Boolean, description: 'The one that the provider-specific endpoints change.', example: true })
  readonly is_default!: boolean;
}

/** One connection, as it is answered to whoever created or changed it. */
export class ConnectionDto extends ConnectionHeadDto {
  @ShownNumbers()
  readonly phone_numbers!: readonly InventoryNumberDto[];

  @CutOff()
  readonly phone_numbers_truncated?: true;

  @ApiProperty({ type: String, format: 'date-time', example: TIME })
  readonly created_at!: string;

  @ApiProperty({ type: String, format: 'date-time', example: TIME })
  readonly updated_at!: string;
}

/** One connection in the list. */
export class ListedConnectionDto extends ConnectionHeadDto {
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description:
      'When the credentials were last found good: by a VoiceLink login or sweep; for other carriers, which are not called, when they were accepted.',
    example: TIME,
  })
  readonly last_verified_at!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Why the carrier could not be used last.', example: null })
  readonly last_error_message!: string | null;

  @ShownNumbers()
  readonly phone_numbers!: readonly InventoryNumberDto[];

  @CutOff()
  readonly phone_numbers_truncated?: true;
}

export class ConnectionAnswerDto {
  @ApiProperty({ type: ConnectionDto })
  readonly connection!: ConnectionDto;
}

export class ConnectionsListDto {
  @ApiProperty({ type: [ListedConnectionDto] })
  readonly connections!: readonly ListedConnectionDto[];
}

const shown = (example: string): PropertyDecorator => ApiPropertyOptional({ type: String, example });
const masked = (): PropertyDecorator =>
  ApiPropertyOptional({ type: String, description: 'Only its end is shown.', example: '****wxyz' });

/** The fields that were sent, without secrets, under the names that they were sent with. */
export class ConfiguredConnectionDto {
  @ApiProperty({ type: String, example: 'The default Plivo connection was updated.' })
  readonly message!: string;

  @ApiProperty({ type: String, nullable: true, description: 'Default outbound number.', example: '+918011223344' })
  readonly from_number!: string | null;

  @masked()
  readonly username?: string;

  @masked()
  readonly account_sid?: string;

  @masked()
  readonly auth_id?: string;

  @masked()
  readonly email?: string;

  @masked()
  readonly tata_email?: string;

  @masked()
  readonly outbound_username?: string;

  @shown('https://app.voicelink.co.in/api')
  readonly base_url?: string;

  @shown('api.exotel.com')
  readonly subdomain?: string;

  @shown('123456')
  readonly applet_id?: string;

  @shown('1001')
  readonly agent_number?: string;

  @shown('sip.example.com:5060')
  readonly sip_host?: string;

  @shown('UDP')
  readonly sip_transport?: string;

  @shown('UDP')
  readonly transport?: string;

  @ApiPropertyOptional({ type: [String], example: ['203.0.113.7'] })
  readonly source_ips?: readonly string[];

  @shown('+918011223344')
  readonly did_number?: string;

  @shown('08047112233')
  readonly caller_id?: string;

  @shown('08047112233')
  readonly exe_number?: string;

  @ApiProperty({ type: ConnectionDto })
  readonly connection!: ConnectionDto;
}
