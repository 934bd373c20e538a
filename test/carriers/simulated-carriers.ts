import { Carriers, CARRIER_NAMES, type CallOrder, type Carrier, type CarrierName } from '@dialtone/carriers';
import { startSimulator, type RunningSimulator } from '../../apps/carrier-simulator/src/start-simulator';
import { CallbackReceiver } from './callback-receiver';

const field = (running: RunningSimulator, name: CarrierName, of: string): string =>
  running.simulator.world.accountsOf(name)[0]?.credentials[of] ?? '';

/** The adapters, pointed at the simulator. */
export const carriersOn = (running: RunningSimulator, timeoutMs = 20_000): Carriers =>
  new Carriers({
    baseUrls: {
      twilio: running.url,
      plivo: running.url,
      vobiz: `${running.url}/api/v1`,
      exotel: running.url,
      tata_smartflo: running.url,
      mcube: `${running.url}/Restmcube-api`,
    },
    privateNetworks: ['127.0.0.0/8'],
    timeoutMs,
    sipGateway: {
      kind: 'jambonz',
      url: `${running.url}/jambonz`,
      account: field(running, 'sip', 'gateway_account'),
      key: field(running, 'sip', 'gateway_key'),
      leadingPlus: true,
    },
    resolve: () => Promise.resolve([{ address: '93.184.216.34', family: 4 }]),
  });

/** An account of the carrier as a connection would open it; `more` replaces credentials. */
export const openOn = (
  running: RunningSimulator,
  name: CarrierName,
  { timeoutMs, more = {} }: { readonly timeoutMs?: number; readonly more?: Readonly<Record<string, string>> } = {},
): Carrier => {
  const own = running.simulator.world.accountsOf(name)[0]?.credentials ?? {};
  const trunk = { sip_host: 'sip.partner.example', outbound_username: 'trunk', outbound_password: 'trunk-password' };
  const credentials = { ...(name === 'sip' ? trunk : own), ...more };
  const carrier = carriersOn(running, timeoutMs).open(name, { baseUrl: null, credentials });
  if (carrier === null) throw new Error(`${name} was not opened`);
  return carrier;
};

export const CALL_ID = 'c1234567-abcd-4234-abcd-123456789012';

/** A call from the first number of the account. */
export const orderOn = (running: RunningSimulator, receiver: CallbackReceiver, name: CarrierName): CallOrder => {
  const from = `+${running.simulator.world.accountsOf(name)[0]?.numbers[0]?.number ?? ''}`;
  return {
    callId: CALL_ID,
    callerId: from,
    from,
    to: '+919876543210',
    ringSeconds: 30,
    answerUrl: `${receiver.url}/answer/${name}?call=${CALL_ID}`,
    statusUrl: `${receiver.url}/status?call=${CALL_ID}`,
    mediaUrl: 'wss://media.example.com/ws',
    parameters: { agent_id: 'a1' },
  };
};

/** Documents that hand an answered call over, by carrier. */
export const DOCUMENTS: Readonly<Record<CarrierName, { readonly type: string; readonly text: string } | null>> = {
  twilio: {
    type: 'text/xml',
    text: '<Response><Connect><Stream url="wss://media.example.com/ws"><Parameter name="call_id" value="c&amp;1"/></Stream></Connect></Response>',
  },
  plivo: {
    type: 'text/xml',
    text: '<Response><Stream bidirectional="true" extraHeaders="call_id=c&amp;1">wss://media.example.com/ws</Stream></Response>',
  },
  vobiz: {
    type: 'text/xml',
    text: '<Response><Stream bidirectional="true" extraHeaders="call_id=c&amp;1">wss://media.example.com/ws</Stream></Response>',
  },
  exotel: null,
  tata_smartflo: null,
  mcube: { type: 'application/json', text: '{"wss_url":"wss://media.example.com/ws"}' },
  sip: {
    type: 'application/json',
    text: '[{"verb":"listen","url":"wss://media.example.com/ws","metadata":{"call_id":"c&1"}}]',
  },
};

/** A simulator whose clock stands still, and a customer's server, for all tests of the calling `describe`. */
export const useSimulatedCarriers = (
  numbers = 3,
): { readonly running: () => RunningSimulator; readonly receiver: () => CallbackReceiver } => {
  let parts: { readonly running: RunningSimulator; readonly receiver: CallbackReceiver } | null = null;
  const started = (): NonNullable<typeof parts> => {
    if (parts === null) throw new Error('not started');
    return parts;
  };
  beforeAll(async () => {
    parts = { running: await startSimulator({ clock: 'manual', numbers }), receiver: await CallbackReceiver.start() };
  });
  beforeEach(() => {
    const { running, receiver } = started();
    running.simulator.reset({ numbers });
    receiver.clear();
    for (const name of CARRIER_NAMES) {
      const document = DOCUMENTS[name];
      if (document !== null) receiver.documents.set(`/answer/${name}`, document);
    }
  });
  afterAll(async () => {
    await started().running.stop();
    await started().receiver.stop();
  });
  return { running: () => started().running, receiver: () => started().receiver };
};
