import type { TelephonyProvider } from '@dialtone/persistence';
import { useGateway, type TestGateway } from '../gateway';

export const PATH = '/api/v2/telephony/connections';
export const CONFIG = '/api/v2/config/telephony';
export const NUMBER = '+918011223344';

export type Body = Readonly<Record<string, unknown>>;

/** The least that each provider needs when a connection is created. */
export const LEAST: Readonly<Record<TelephonyProvider, Body>> = {
  twilio: { account_sid: 'AC0123456789abcdef', auth_token: 'canary-twilio', from_number: NUMBER },
  exotel: {
    account_sid: 'exotel0123456789',
    api_key: 'canary-exotel-key',
    api_token: 'canary-exotel-token',
    subdomain: 'api.exotel.com',
    caller_id: '08047112233',
  },
  plivo: { auth_id: 'MA0123456789abcdef', auth_token: 'canary-plivo' },
  vobiz: { auth_id: 'VO0123456789abcdef', auth_token: 'canary-vobiz' },
  tata_smartflo: { tata_email: 'ops.canary@partner.example', tata_password: 'canary-tata' },
  sip: { sip_host: 'sip.partner.example:5060' },
  voicelink: { username: 'canary-reseller', password: 'canary-voicelink' },
  mcube: { jwt_token: 'canary.mcube.token', exe_number: '8047112233' },
};

/** What `PUT /config/telephony/…` needs besides. */
export const MORE_FOR_CONFIG: Readonly<Partial<Record<TelephonyProvider, Body>>> = {
  exotel: { applet_id: '123456' },
  plivo: { from_number: NUMBER },
  vobiz: { from_number: NUMBER },
  tata_smartflo: { from_number: NUMBER },
};

type Answer = Awaited<ReturnType<TestGateway['ask']>>;

interface Telephony {
  readonly gateway: TestGateway;
  readonly create: (provider: string, body?: Body) => Promise<Answer>;
  readonly configure: (provider: string, body: Body) => Promise<Answer>;
  readonly list: (query?: string) => Promise<Answer>;
  /** The fields that a refused input names. */
  readonly fieldsOf: (answer: Answer) => readonly string[] | undefined;
  /** The access that the store was given to seal, of the newest connection. */
  readonly sealed: () => unknown;
  readonly nothingWasStored: () => void;
}

export const useTelephony = (): Telephony => {
  const gateway = useGateway();
  return {
    gateway,
    create: (provider, body = {}) => gateway.ask('POST', PATH, { body: { provider, name: 'Main', ...body } }),
    configure: (provider, body) => gateway.ask('PUT', `${CONFIG}/${provider}`, { body }),
    list: (query = '') => gateway.ask('GET', `${PATH}${query}`),
    fieldsOf: (answer) => {
      expect([answer.status, answer.json.error.code]).toEqual([400, 'VALIDATION_ERROR']);
      return answer.json.error.details?.map(({ field }) => field);
    },
    sealed: () => [...gateway.world.telephony.sealed.values()].at(-1),
    nothingWasStored: () => {
      expect(gateway.world.telephony.sealed.size).toBe(0);
    },
  };
};
