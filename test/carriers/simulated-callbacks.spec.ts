import { CARRIER_NAMES, type CarrierName } from '@dialtone/carriers';
import * as plivo from 'plivo';
import twilio from 'twilio';
import type { ReceivedRequest } from '@dialtone/testing';
import { fieldsOf } from './callback-receiver';
import { CALL_ID, openOn, orderOn, useSimulatedCarriers } from './simulated-carriers';

const WHOLE_CALL_MS = 10_000;

const stateIn = (one: ReceivedRequest): string => {
  const fields = fieldsOf(one);
  return fields['CallStatus'] ?? fields['Status'] ?? fields['dialStatus'] ?? fields['call_status'] ?? '';
};

/** What each carrier tells of an answered call. */
const TOLD: Readonly<Record<CarrierName, readonly string[]>> = {
  twilio: ['/status: queued', '/status: ringing', '/status: in-progress', '/status: completed'],
  plivo: ['/status: ringing', '/answer/plivo: in-progress', '/status: completed'],
  vobiz: ['/status: ringing', '/answer/vobiz: in-progress', '/status: completed'],
  exotel: ['/status: in-progress', '/status: completed'],
  tata_smartflo: ['/portal: call received on server', '/portal: answered by customer', '/portal: answered'],
  mcube: ['/answer/mcube: CONNECTING', '/answer/mcube: ANSWER'],
  sip: [
    '/status: trying',
    '/status: ringing',
    '/answer/sip: in-progress',
    '/status: in-progress',
    '/status: completed',
  ],
};

describe('simulated carriers', () => {
  const { running, receiver } = useSimulatedCarriers();
  const simulator = () => running().simulator;
  const place = async (name: CarrierName): Promise<void> => {
    const placed = await openOn(running(), name).placeCall(orderOn(running(), receiver(), name));
    expect(placed).toMatchObject({ kind: 'accepted' });
  };
  const token = (name: CarrierName): string => simulator().world.accountsOf(name)[0]?.credentials['auth_token'] ?? '';
  /** What was told of the call, as "path: state". */
  const told = (): readonly string[] =>
    receiver().received.map((one) => `${one.path.split('?')[0] ?? ''}: ${stateIn(one)}`);

  describe('tell of a call from start to end:', () => {
    it.each(Object.entries(TOLD))('%s', async (name, wanted) => {
      for (const account of simulator().world.accountsOf('tata_smartflo'))
        account.portal = { webhook_url: `${receiver().url}/portal` };
      await place(name as CarrierName);
      await simulator().advance(WHOLE_CALL_MS);
      expect(told()).toEqual(wanted);
      expect(simulator().deliveries.entries.every(({ http_status }) => http_status === 200)).toBe(true);
    });
  });

  it.each(['twilio', 'plivo', 'vobiz', 'mcube', 'sip'] as const)('%s hands the answered call over', async (name) => {
    await place(name);
    await simulator().advance(2_000);
    expect(simulator().world.calls[0]?.handover).toMatchObject({ mediaUrl: 'wss://media.example.com/ws' });
    expect(simulator().world.calls[0]?.phase).toBe('in_progress');
  });

  it.each([
    ['plivo', { status: 503, type: 'text/xml', text: '' }, 'no_answer_document'],
    ['plivo', { type: 'text/html', text: '<html></html>' }, 'not_a_document'],
    ['vobiz', { type: 'application/json', text: '{}' }, 'not_a_document'],
    ['mcube', { type: 'application/json', text: '{"status":"ok"}' }, 'not_a_document'],
    ['sip', { type: 'application/json', text: '{}' }, 'not_a_document'],
  ] as const)('%s ends a call for which it is told %j', async (name, document, cause) => {
    receiver().documents.set(`/answer/${name}`, document);
    await place(name);
    await simulator().advance(2_000);
    expect(simulator().world.calls).toMatchObject([{ phase: 'failed', cause }]);
  });

  describe('sign as the official libraries check:', () => {
    const all = async (name: CarrierName): Promise<readonly ReceivedRequest[]> => {
      await place(name);
      await simulator().advance(WHOLE_CALL_MS);
      expect(receiver().received.length).toBeGreaterThan(2);
      return receiver().received;
    };

    it('twilio', async () => {
      for (const one of await all('twilio')) {
        const [signature, url] = [String(one.headers['x-twilio-signature']), receiver().url + one.path];
        const check = (fields: object): boolean =>
          twilio.validateRequest(token('twilio'), signature, url, fields as Record<string, string>);
        expect(check(fieldsOf(one))).toBe(true);
        expect(check({ ...fieldsOf(one), CallStatus: 'x' })).toBe(false);
      }
    });

    it('plivo', async () => {
      for (const one of await all('plivo')) {
        const [signature, nonce] = ['x-plivo-signature-v3', 'x-plivo-signature-v3-nonce'].map((header) =>
          String(one.headers[header]),
        );
        const check = (fields: object): boolean =>
          plivo.validateV3Signature(
            'POST',
            receiver().url + one.path,
            nonce ?? '',
            token('plivo'),
            signature ?? '',
            fields,
          ) as boolean;
        expect(check(fieldsOf(one))).toBe(true);
        expect(check({ ...fieldsOf(one), CallStatus: 'x' })).toBe(false);
      }
    });
  });

  describe('tell as a fault says:', () => {
    const withFault = async (fault: Readonly<Record<string, unknown>>): Promise<readonly string[]> => {
      expect(simulator().faults.add(fault)).toHaveProperty('fault');
      await place('twilio');
      await simulator().advance(WHOLE_CALL_MS);
      return told().map((line) => line.replace('/status: ', ''));
    };

    it.each([
      { kind: 'callback_twice', times: 1, want: ['queued', 'queued', 'ringing', 'in-progress', 'completed'] },
      { kind: 'callback_never', want: [] },
      { kind: 'callback_out_of_order', skip: 1, times: 1, want: ['queued', 'in-progress', 'ringing', 'completed'] },
      { kind: 'callback_late', ms: 5_000, skip: 1, times: 1, want: ['queued', 'in-progress', 'completed', 'ringing'] },
    ])('$kind', async ({ want, ...fault }) => {
      expect(await withFault({ endpoint: 'twilio.callbacks.*', ...fault })).toEqual(want);
    });

    it('callback_forged', async () => {
      await withFault({ endpoint: '*', kind: 'callback_forged', times: 1 });
      const [one] = receiver().received;
      const signature = String(one?.headers['x-twilio-signature']);
      const url = receiver().url + String(one?.path);
      expect(twilio.validateRequest(token('twilio'), signature, url, one === undefined ? {} : fieldsOf(one))).toBe(
        false,
      );
    });

    it.each(CARRIER_NAMES.filter((name) => TOLD[name].length > 0 && name !== 'tata_smartflo'))(
      'callback_before_answer: %s has told of the end before it answers the request',
      async (name) => {
        simulator().faults.add({ endpoint: `${name}.calls.place`, kind: 'callback_before_answer', until: 'completed' });
        await place(name);
        expect(told()).toEqual(TOLD[name]);
      },
    );
  });

  it('the id of our call comes back in every callback', async () => {
    for (const name of CARRIER_NAMES) await place(name);
    await simulator().advance(WHOLE_CALL_MS);
    expect(receiver().received.length).toBeGreaterThan(12);
    expect(receiver().received.filter(({ path, body }) => !`${path} ${body}`.includes(CALL_ID))).toEqual([]);
  });
});
