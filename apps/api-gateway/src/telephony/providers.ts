import type { TelephonyProvider } from '@dialtone/persistence';

/** Provider-specific fields of a body, by the name that they are stored under. */
export type CredentialField =
  | 'username'
  | 'password'
  | 'account_sid'
  | 'auth_id'
  | 'auth_token'
  | 'api_key'
  | 'api_token'
  | 'subdomain'
  | 'applet_id'
  | 'sip_host'
  | 'outbound_username'
  | 'outbound_password'
  | 'source_ips'
  | 'sip_transport'
  | 'transport'
  | 'tata_email'
  | 'tata_password'
  | 'email'
  | 'agent_number'
  | 'jwt_token';
export type NumberField = 'from_number' | 'did_number' | 'caller_id' | 'exe_number';

/** `config`: the documents require it only for `PUT /config/telephony/…`. */
export type Need = 'always' | 'config' | 'never';

export interface ProviderField {
  readonly name: CredentialField;
  /** Another name of the same field. */
  readonly alias?: CredentialField;
  readonly need: Need;
  /** Half of a login: shown with most of it hidden. A `setting` is no secret at all; a `secret` is never shown. */
  readonly kind: 'secret' | 'login' | 'setting';
}

export interface ProviderSpec {
  /** Name of a connection that is made without one. */
  readonly label: string;
  readonly fields: readonly ProviderField[];
  /** The default number: the first name is the provider's own. */
  readonly number: { readonly names: readonly NumberField[]; readonly need: Need };
  readonly hasBaseUrl: boolean;
}

const secret = (name: CredentialField, alias?: CredentialField): ProviderField =>
  field(name, 'always', 'secret', alias);

const field = (
  name: CredentialField,
  need: Need,
  kind: ProviderField['kind'],
  alias?: CredentialField,
): ProviderField => ({ name, need, kind, ...(alias !== undefined && { alias }) });

/** Plivo and Vobiz call the account `auth_id`; a body made for the common schema may use account_sid. */
const AUTH_ID_AND_TOKEN = [field('auth_id', 'always', 'login', 'account_sid'), secret('auth_token')];

/**
 * What each provider's connection consists of (Vocobase API notes §4.1 and §4.2, which do not mark what is mandatory; the
 * choices are in docs/api-decisions.md). The number is mandatory where it is the only possible caller id.
 */
export const PROVIDERS: Readonly<Record<TelephonyProvider, ProviderSpec>> = {
  twilio: {
    label: 'Twilio',
    fields: [field('account_sid', 'always', 'login'), secret('auth_token')],
    number: { names: ['from_number'], need: 'always' },
    hasBaseUrl: false,
  },
  exotel: {
    label: 'Exotel',
    fields: [
      field('account_sid', 'always', 'login'),
      secret('api_key'),
      secret('api_token', 'auth_token'),
      field('subdomain', 'always', 'setting'),
      field('applet_id', 'config', 'setting'),
    ],
    number: { names: ['caller_id', 'from_number'], need: 'always' },
    hasBaseUrl: false,
  },
  plivo: {
    label: 'Plivo',
    fields: AUTH_ID_AND_TOKEN,
    number: { names: ['from_number'], need: 'config' },
    hasBaseUrl: false,
  },
  vobiz: {
    label: 'Vobiz',
    fields: AUTH_ID_AND_TOKEN,
    number: { names: ['from_number'], need: 'config' },
    hasBaseUrl: false,
  },
  tata_smartflo: {
    label: 'Tata Smartflo',
    fields: [
      field('tata_email', 'always', 'login', 'email'),
      secret('tata_password', 'password'),
      field('agent_number', 'never', 'setting'),
      field('api_key', 'never', 'secret'),
    ],
    number: { names: ['from_number'], need: 'config' },
    hasBaseUrl: true,
  },
  sip: {
    label: 'SIP',
    fields: [
      field('sip_host', 'always', 'setting'),
      field('outbound_username', 'never', 'login'),
      field('outbound_password', 'never', 'secret'),
      field('source_ips', 'never', 'setting'),
      field('sip_transport', 'never', 'setting', 'transport'),
    ],
    number: { names: ['did_number', 'from_number'], need: 'never' },
    hasBaseUrl: false,
  },
  voicelink: {
    label: 'VoiceLink',
    fields: [field('username', 'always', 'login'), secret('password')],
    number: { names: ['did_number', 'from_number'], need: 'never' },
    hasBaseUrl: true,
  },
  mcube: {
    label: 'MCube',
    fields: [secret('jwt_token')],
    number: { names: ['exe_number', 'from_number'], need: 'always' },
    hasBaseUrl: false,
  },
};
