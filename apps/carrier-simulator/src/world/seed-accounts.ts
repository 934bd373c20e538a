import type { Account, PhoneNumber } from './account';
import type { Ids } from './ids';
import { PROVIDERS, type Provider } from './provider';

/** The same for every seed, so that a stored connection fits the next start. All are invented. */
const CREDENTIALS: Readonly<Record<Provider, Readonly<Record<string, string>>>> = {
  twilio: {
    account_sid: 'AC00000000000000000000000000005101',
    auth_token: 'demo-twilio-token',
  },
  plivo: { auth_id: 'MADEMOPLIVO000000001', auth_token: 'demo-plivo-token' },
  vobiz: { auth_id: 'MA_DEMO0001', auth_token: 'demo-vobiz-token' },
  exotel: {
    account_sid: 'demo-exotel',
    api_key: 'demo-exotel-key',
    api_token: 'demo-exotel-token',
    subdomain: 'api.in.exotel.com',
    applet_id: '512001',
  },
  tata_smartflo: {
    tata_email: 'demo@smartflo.example',
    tata_password: 'demo-smartflo-password',
    api_key: 'demo-smartflo-support-key',
    agent_number: '1001',
  },
  // The payload is {"iss":"THE_CLAIM","exp_data":4102444800,"data":{"bid":"5101"}}; nothing signed it.
  mcube: {
    jwt_token:
      'eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJUSEVfQ0xBSU0iLCJleHBfZGF0YSI6NDEwMjQ0NDgwMCwiZGF0YSI6eyJiaWQiOiI1MTAxIn19.demo-mcube-signature',
  },
  sip: { gateway_account: '5d7a1c52-0000-4000-8000-000000005101', gateway_key: 'demo-gateway-key' },
};

/** The field that is the key. */
const KEYS: Readonly<Record<Provider, string>> = {
  twilio: 'account_sid',
  plivo: 'auth_id',
  vobiz: 'auth_id',
  exotel: 'account_sid',
  tata_smartflo: 'tata_email',
  mcube: 'jwt_token',
  sip: 'gateway_account',
};

export const keyFieldOf = (provider: Provider): string => KEYS[provider];

/** An MCube token is secret: its account is told apart by the business id in it. */
const keyOf = (provider: Provider, credentials: Readonly<Record<string, string>>): string => {
  const value = credentials[KEYS[provider]] ?? '';
  if (provider !== 'mcube') return value;
  const payload: unknown = readJson(Buffer.from(value.split('.')[1] ?? '', 'base64url').toString('utf8'));
  const data = (payload as { data?: { bid?: unknown } } | null)?.data;
  return typeof data?.bid === 'string' ? data.bid : 'unreadable';
};

const readJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
};

export const makeNumber = (ids: Ids, provider: Provider, number: string): PhoneNumber => ({
  id: provider === 'twilio' ? `PN${ids.hex()}` : provider === 'tata_smartflo' ? ids.digits(5) : number,
  number,
  name: `Line ${number.slice(-4)}`,
  voice: true,
  pointsTo: {},
});

/** Numbers are Indian, ascending, and of another thousand for each carrier. */
const seedNumbers = (ids: Ids, provider: Provider, count: number): PhoneNumber[] =>
  Array.from({ length: count }, (_, nth) =>
    makeNumber(ids, provider, String(918_040_000_001 + PROVIDERS.indexOf(provider) * 1_000_000 + nth)),
  );

export const makeAccount = (
  provider: Provider,
  credentials: Readonly<Record<string, string>>,
  numbers: PhoneNumber[],
): Account => ({
  provider,
  key: keyOf(provider, credentials),
  credentials,
  numbers,
  applications: [],
  portal: {},
  isSuspended: false,
});

export const seedAccount = (ids: Ids, provider: Provider, numbers: number): Account =>
  makeAccount(provider, CREDENTIALS[provider], seedNumbers(ids, provider, numbers));

/** The body that makes a connection to the first account: what `POST /api/v2/telephony/connections` takes. */
export const connectionBody = (account: Account): Readonly<Record<string, unknown>> => {
  const number = `+${account.numbers[0]?.number ?? ''}`;
  const { provider, credentials } = account;
  const name = `Simulated ${provider}`;
  switch (provider) {
    case 'exotel':
      return { provider, name, ...credentials, caller_id: number };
    case 'mcube':
      return { provider, name, ...credentials, exe_number: number };
    case 'sip':
      return { provider, name, sip_host: '127.0.0.1', sip_transport: 'TLS', did_number: number };
    case 'twilio':
    case 'plivo':
    case 'vobiz':
    case 'tata_smartflo':
      return { provider, name, ...credentials, from_number: number };
  }
};
