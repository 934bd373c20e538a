import { isIP } from 'node:net';
import { Nullable, type Kind } from '../http/input/field';
import { choice, e164, looseNumber, matching, secret, text } from '../http/input/kinds';
import type { CredentialField, NumberField } from './providers';

const LOGIN = text(200);
const SECRET = secret(500);
const HOST_NAME = matching({
  pattern: /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/,
  mustBe: 'a host name, for example api.exotel.com',
  maxLength: 253,
});
const SIP_HOST = matching({
  pattern:
    /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])(?::(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5]))?$/,
  mustBe: 'a host name or IP address, with a port if needed, for example sip.example.com:5060',
  maxLength: 260,
});
const BASE_URL = matching({
  pattern: /^[Hh][Tt]{2}[Pp][Ss]?:\/\/[\x21-\x7e]{1,500}$/,
  mustBe: 'an http(s) URL',
  maxLength: 510,
  format: 'uri',
});
const EMAIL = matching({
  pattern: /^[^\s@\p{Cc}]{1,64}@[^\s@\p{Cc}]{1,190}$/u,
  mustBe: 'an e-mail address',
  maxLength: 255,
});
const IDENTIFIER = matching({
  pattern: /^[\w-]{1,100}$/,
  mustBe: '1 to 100 letters, digits, hyphens or underscores',
  maxLength: 100,
});
const JWT = matching({ pattern: /^[\x21-\x7e]{1,4000}$/, mustBe: 'a token without spaces', maxLength: 4000 });

const MAX_SOURCES = 50;
const PREFIX = /^(?:0|[1-9]\d{0,2})$/;

const isAddressOrNetwork = (value: unknown): boolean => {
  if (typeof value !== 'string') return false;
  const [address = '', prefix, ...rest] = value.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return prefix === undefined || (PREFIX.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128));
};

const SOURCES: Kind = {
  schema: {
    type: 'array',
    items: { type: 'string', minLength: 2, maxLength: 49 },
    minItems: 1,
    maxItems: MAX_SOURCES,
  },
  mustBe: `a list of 1 to ${String(MAX_SOURCES)} IP addresses or networks, for example 203.0.113.7`,
  isValid: (value) =>
    Array.isArray(value) && value.length >= 1 && value.length <= MAX_SOURCES && value.every(isAddressOrNetwork),
};

export const SIP_TRANSPORTS = ['UDP', 'TCP', 'TLS'] as const;

/** The fields of all providers; `PROVIDERS` tells which of them a provider takes and needs. */
export class TelephonyFields implements Partial<Readonly<Record<CredentialField | NumberField, unknown>>> {
  @Nullable('username', LOGIN, { description: 'VoiceLink: the login.' })
  readonly username?: string | null;

  @Nullable('password', SECRET, { description: 'VoiceLink (and Tata Smartflo, as tata_password).' })
  readonly password?: string | null;

  @Nullable('base_url', BASE_URL, {
    description:
      'VoiceLink and Tata Smartflo: one of the URLs that this deployment allows; the usual one when omitted.',
    example: 'https://app.voicelink.co.in/api',
  })
  readonly base_url?: string | null;

  @Nullable('from_number', e164, {
    description: 'Default outbound number, of any provider.',
    example: '+918011223344',
  })
  readonly from_number?: string | null;

  @Nullable('did_number', e164, { description: 'VoiceLink and SIP: the default number.' })
  readonly did_number?: string | null;

  @Nullable('caller_id', looseNumber, { description: 'Exotel: the default number (ExoPhone).' })
  readonly caller_id?: string | null;

  @Nullable('exe_number', looseNumber, {
    description: 'MCube: the default number; the national form is fine.',
  })
  readonly exe_number?: string | null;

  @Nullable('account_sid', LOGIN, { description: 'Twilio and Exotel (and Plivo and Vobiz, as auth_id).' })
  readonly account_sid?: string | null;

  @Nullable('auth_id', LOGIN, { description: 'Plivo and Vobiz.' })
  readonly auth_id?: string | null;

  @Nullable('auth_token', SECRET, { description: 'Twilio, Plivo and Vobiz (and Exotel, as api_token).' })
  readonly auth_token?: string | null;

  @Nullable('api_key', SECRET, { description: 'Exotel, and Tata Smartflo: the key of Click to Call Support.' })
  readonly api_key?: string | null;

  @Nullable('api_token', SECRET, { description: 'Exotel.' })
  readonly api_token?: string | null;

  @Nullable('subdomain', HOST_NAME, {
    description: 'Exotel: host of its API, api.exotel.com or api.in.exotel.com.',
    example: 'api.exotel.com',
  })
  readonly subdomain?: string | null;

  @Nullable('applet_id', IDENTIFIER, { description: 'Exotel.' })
  readonly applet_id?: string | null;

  @Nullable('sip_host', SIP_HOST, { description: 'SIP: host of the trunk, public.', example: 'sip.example.com:5060' })
  readonly sip_host?: string | null;

  @Nullable('outbound_username', LOGIN, { description: 'SIP; together with outbound_password.' })
  readonly outbound_username?: string | null;

  @Nullable('outbound_password', SECRET, { description: 'SIP; together with outbound_username.' })
  readonly outbound_password?: string | null;

  @Nullable('source_ips', SOURCES, {
    description: 'SIP: addresses or networks that calls come from.',
    example: ['203.0.113.7', '198.51.100.0/24'],
  })
  readonly source_ips?: readonly string[] | null;

  @Nullable('sip_transport', choice(SIP_TRANSPORTS), { description: 'SIP.', example: 'UDP' })
  readonly sip_transport?: string | null;

  @Nullable('transport', choice(SIP_TRANSPORTS), { description: 'Another name of sip_transport.' })
  readonly transport?: string | null;

  @Nullable('tata_email', EMAIL, { description: 'Tata Smartflo: the login.' })
  readonly tata_email?: string | null;

  @Nullable('email', EMAIL, { description: 'Another name of tata_email.' })
  readonly email?: string | null;

  @Nullable('tata_password', SECRET, { description: 'Tata Smartflo.' })
  readonly tata_password?: string | null;

  @Nullable('agent_number', looseNumber, { description: 'Tata Smartflo.' })
  readonly agent_number?: string | null;

  @Nullable('jwt_token', JWT, { description: 'MCube.' })
  readonly jwt_token?: string | null;
}
