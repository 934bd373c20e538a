import { startSimulator, type RunningSimulator } from '../../apps/carrier-simulator/src/start-simulator';
import { PROVIDERS, type Provider } from '../../apps/carrier-simulator/src/world/provider';
import { makeAccount, makeNumber } from '../../apps/carrier-simulator/src/world/seed-accounts';

const NUMBERS = 3;
/** Nothing listens there: what becomes of calls is not told. */
const NO_CALLBACKS = 'http://127.0.0.1:9';
/** After the year 2099. */
const EXPIRY_S = 4_102_444_800;

/** A customer of all carriers, with one login for all that call it by the same name. */
export interface Customer {
  /** By the names of the fields of a connection. */
  readonly credentials: Readonly<Record<string, string>>;
  /** Of its account at each of the carriers, in E.164 with a plus. */
  readonly numbers: readonly string[];
  readonly secrets: readonly string[];
}

/** What `POST /api/v2/telephony/connections` takes. */
export type ConnectionBody = Readonly<Record<string, string>> & { readonly provider: string };

const mcubeToken = (business: string): string => {
  const payload = { exp_data: EXPIRY_S, data: { bid: business } };
  return `e30.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.fuzz-signature`;
};

const credentialsOf = (tag: string): Customer['credentials'] => ({
  account_sid: `AC${tag.padStart(32, '0')}`,
  auth_id: `MA${tag.padStart(18, '0')}`,
  auth_token: `fuzz-auth-token-${tag}`,
  api_key: `fuzz-api-key-${tag}`,
  api_token: `fuzz-api-token-${tag}`,
  subdomain: 'api.in.exotel.com',
  applet_id: '512001',
  tata_email: `fuzz-${tag}@smartflo.example`,
  tata_password: `fuzz-smartflo-password-${tag}`,
  agent_number: '1001',
  jwt_token: mcubeToken(tag),
});
const SECRET = ['auth_token', 'api_key', 'api_token', 'tata_password', 'jwt_token'];

/** SIP needs a media gateway, which looks trunks up: there is none. */
const SIMULATED = PROVIDERS.filter((provider) => provider !== 'sip');

const PATHS: Readonly<Partial<Record<Provider, string>>> = { vobiz: '/api/v1', mcube: '/Restmcube-api' };

/** Stands in for all carriers but VoiceLink. Calls ring until they are ended. */
export class CarrierAccounts {
  private customers = 0;

  private constructor(private readonly running: RunningSimulator) {}

  static async start(): Promise<CarrierAccounts> {
    return new CarrierAccounts(await startSimulator({ clock: 'manual', numbers: 0 }));
  }

  get environment(): Readonly<Record<string, string>> {
    const urls = SIMULATED.map((provider) => `${provider}=${this.running.url}${PATHS[provider] ?? ''}`);
    return {
      CARRIER_BASE_URLS: urls.join(','),
      CARRIER_PRIVATE_NETWORKS: '127.0.0.0/8',
      PUBLIC_BASE_URL: NO_CALLBACKS,
    };
  }

  /** No two have a number or a login in common. */
  newCustomer(): Customer {
    const { world } = this.running.simulator;
    const tag = String((this.customers += 1));
    const first = 918_100_000_000 + this.customers * NUMBERS;
    const numbers = Array.from({ length: NUMBERS }, (_, nth) => String(first + nth));
    const credentials = credentialsOf(tag);
    for (const provider of SIMULATED) {
      const own = numbers.map((number) => makeNumber(world.ids, provider, number));
      world.addAccount(makeAccount(provider, credentials, own));
    }
    const secrets = Object.entries(credentials).flatMap(([name, value]) => (SECRET.includes(name) ? [value] : []));
    return { credentials, numbers: numbers.map((number) => `+${number}`), secrets };
  }

  stop(): Promise<void> {
    return this.running.stop();
  }
}

/** Connections through which calls are placed and ended; the first is the one of the examples, the second the default. */
export const connectionsOf = ({ credentials, numbers }: Customer): readonly ConnectionBody[] => {
  const [number = ''] = numbers;
  const { auth_id = '', auth_token = '', jwt_token = '' } = credentials;
  return [
    { provider: 'plivo', name: 'Plivo', auth_id, auth_token, from_number: number },
    { provider: 'mcube', name: 'MCube', jwt_token, exe_number: number },
    { provider: 'vobiz', name: 'Vobiz', auth_id, auth_token, from_number: number },
  ];
};
