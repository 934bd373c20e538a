import { LoopbackServer, type ReceivedRequest } from '@dialtone/testing';
import { Carriers, type Carrier, type CarriersOptions, type CarrierName } from '../src';

/** A server that takes down what it is asked, and answers as it is told: by path, else the last one for all. */
export class ScriptedCarrier {
  tell: LoopbackServer['answer'] = () => ({ status: 500, text: 'nothing was told' });

  private constructor(private readonly server: LoopbackServer) {
    server.answer = (got) => this.tell(got);
  }

  static async start(): Promise<ScriptedCarrier> {
    return new ScriptedCarrier(await LoopbackServer.start());
  }

  get url(): string {
    return this.server.url;
  }

  get got(): readonly ReceivedRequest[] {
    return this.server.received;
  }

  /** The requests, each as "METHOD path". */
  get lines(): readonly string[] {
    return this.got.map(({ method, path }) => `${method} ${path}`);
  }

  get last(): ReceivedRequest {
    const last = this.got.at(-1);
    if (last === undefined) throw new Error('nothing was asked');
    return last;
  }

  clear(): void {
    this.server.received.length = 0;
    this.tell = () => ({ status: 500, text: 'nothing was told' });
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}

/** A connection of each carrier. */
export const ACCOUNTS: Readonly<Record<CarrierName, Readonly<Record<string, string>>>> = {
  twilio: { account_sid: 'AC0123456789abcdef0123456789abcdef', auth_token: 'canary-twilio-token' },
  plivo: { auth_id: 'MAXXXXXXXXXXXXXXXXXX', auth_token: 'canary-plivo-token' },
  vobiz: { auth_id: 'MA_12345', auth_token: 'canary-vobiz-token' },
  exotel: {
    account_sid: 'partner1',
    api_key: 'canary-exotel-key',
    api_token: 'canary-exotel-token',
    subdomain: 'api.in.exotel.com',
    applet_id: '123456',
  },
  tata_smartflo: { tata_email: 'ops@partner.example', tata_password: 'canary-tata-password', agent_number: '1001' },
  mcube: { jwt_token: `e30.${Buffer.from('{"exp_data":4102444800}').toString('base64url')}.canary-signature` },
  sip: { sip_host: 'sip.partner.example', outbound_username: 'trunk', outbound_password: 'canary-sip-password' },
};

export const ORDER = {
  callId: 'c1234567-abcd-4234-abcd-123456789012',
  callerId: '08047112233',
  from: '+918047112233',
  to: '+919876543210',
  ringSeconds: 45,
  answerUrl: 'https://api.example.com/carriers/answer?call=c1',
  statusUrl: 'https://api.example.com/carriers/status?call=c1',
  mediaUrl: 'wss://media.example.com/ws',
  parameters: { agent_id: 'a1' },
};

/** The carriers, all of which the scripted one stands in for. */
export const carriersAt = (url: string, options: Partial<CarriersOptions> = {}): Carriers =>
  new Carriers({
    baseUrls: {
      twilio: url,
      plivo: url,
      vobiz: `${url}/api/v1`,
      exotel: url,
      tata_smartflo: url,
      mcube: `${url}/Restmcube-api`,
    },
    privateNetworks: ['127.0.0.0/8'],
    timeoutMs: 20_000,
    sipGateway: { kind: 'jambonz', url, account: 'acc-1', key: 'canary-gateway-key', leadingPlus: true },
    resolve: () => Promise.resolve([{ address: '93.184.216.34', family: 4 }]),
    ...options,
  });

export const openAt = (
  url: string,
  name: CarrierName,
  more: Readonly<Record<string, string>> = {},
  options: Partial<CarriersOptions> = {},
): Carrier => {
  const carrier = carriersAt(url, options).open(name, { baseUrl: null, credentials: { ...ACCOUNTS[name], ...more } });
  if (carrier === null) throw new Error(`${name} was not opened`);
  return carrier;
};

/** For a carrier that never answers: long enough to send a request on a busy machine. */
export const SOON = { timeoutMs: 800 };

/** A scripted carrier for all tests of the calling `describe`. */
export const useCarrier = (): { readonly carrier: () => ScriptedCarrier } => {
  let scripted: ScriptedCarrier | null = null;
  const carrier = (): ScriptedCarrier => {
    if (scripted === null) throw new Error('not started');
    return scripted;
  };
  beforeAll(async () => {
    scripted = await ScriptedCarrier.start();
  });
  beforeEach(() => {
    carrier().clear();
  });
  afterAll(() => carrier().stop());
  return { carrier };
};
