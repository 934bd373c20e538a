import { createHmac } from 'node:crypto';
import { inboundTargetOf, type PointingCarrier } from '@dialtone/carriers';
import type { ConnectionId, DidKey } from '@dialtone/domain';
import twilio from 'twilio';
import { PUBLIC_BASE_URL, useGateway } from './gateway';
import type { NumberRecord } from './memory-claims';

const TOKEN = 'canary-signing-token';
const FORM = 'application/x-www-form-urlencoded';
const KEY = '918011223344' as DidKey;
const CALL = { CallSid: 'CA1', CallUUID: 'u-1', From: '+919876543210', To: `+${KEY}`, CallStatus: 'ringing' };

type Form = Readonly<Record<string, string>>;

const plivoLike = (name: string, message: string): Form => ({
  [`x-${name}-signature-v3`]: createHmac('sha256', TOKEN).update(message).digest('base64'),
  [`x-${name}-signature-v3-nonce`]: '1',
});

/** As each carrier signs a form. */
const SIGNED: Readonly<Record<PointingCarrier, (url: string, form: Form) => Form>> = {
  twilio: (url, form) => ({ 'x-twilio-signature': twilio.getExpectedTwilioSignature(TOKEN, url, form) }),
  plivo: (url, form) => {
    const fields = Object.entries(form).toSorted(([a], [b]) => (a < b ? -1 : 1));
    return plivoLike('plivo', `${url}.${fields.flat().join('')}.1`);
  },
  vobiz: (url) => plivoLike('vobiz', `${url.split('?')[0] ?? ''}.1`),
};

describe.each<PointingCarrier>(['twilio', 'plivo', 'vobiz'])('an inbound call of %s', (provider) => {
  const gateway = useGateway();
  let connectionId: ConnectionId;
  let url: string;
  let number: NumberRecord;
  beforeEach(() => {
    const { world, tenant } = gateway;
    connectionId = world.addConnection(tenant.partnerId, { provider });
    world.telephony.sealed.set(connectionId, { auth_id: 'MA', account_sid: 'AC', auth_token: TOKEN });
    number = world.telephony.addNumber(tenant.partnerId, connectionId, { key: KEY, phoneNumber: `+${KEY}` });
    Object.assign(number, { inboundEnabled: true, agent: { id: tenant.agentId, name: 'Sales Agent' } });
    const token = world.telephony.pointings.tokenOf(connectionId);
    url = inboundTargetOf(PUBLIC_BASE_URL, { provider, token, connectionId }).url;
  });

  const send = (to: string, form: Form, headers: Form) =>
    gateway.ask('POST', to.replace(PUBLIC_BASE_URL, ''), {
      apiKey: null,
      payload: new URLSearchParams(form).toString(),
      headers: { 'content-type': FORM, ...headers },
    });
  const call = (form: Form = CALL) => send(url, form, SIGNED[provider](url, form));

  it('is led to the agent of the number that was called, with who calls, and to one call however often it is asked', async () => {
    const [first, again] = [await call(), await call()];
    expect([first.status, first.headers['content-type']]).toEqual([200, 'text/xml; charset=utf-8']);
    expect(again.text).toBe(first.text);
    for (const part of ['<Stream', gateway.tenant.agentId, '919876543210', 'inbound', 'call_id', 'session_id'])
      expect(first.text).toContain(part);
    const other = await call({ ...CALL, CallSid: 'CA2', CallUUID: 'u-2' });
    expect(other.text).not.toBe(first.text);
  });

  it.each<[string, Form]>([
    ['the number as this carrier may write it', { ...CALL, To: KEY }],
    ['no caller', { ...CALL, From: '' }],
  ])('is led there with %s', async (_, form) => {
    expect((await call(form)).text).toContain(gateway.tenant.agentId);
  });

  it.each<[string, Form, Partial<NumberRecord>]>([
    ['to a number that is not there', { ...CALL, To: '+918011223399' }, {}],
    ['to what is no number', { ...CALL, To: 'sip:someone@example.com' }, {}],
    ['to nobody', { ...CALL, To: '' }, {}],
    ['to a number that takes none', CALL, { inboundEnabled: false }],
    ['to a number that is not active', CALL, { status: 'INACTIVE' }],
    ['to a number without an agent', CALL, { agent: null }],
  ])('%s is hung up', async (_, form, change) => {
    Object.assign(number, change);
    const answer = await call(form);
    expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('<Response><Hangup/></Response>')]);
  });

  it('to a disconnected connection is hung up', async () => {
    await gateway.world.telephony.connections.disconnect(gateway.tenant.partnerId, connectionId);
    expect((await call()).text).toContain('<Hangup/>');
  });

  it('that is over is noted and led nowhere', async () => {
    const answer = await call({ ...CALL, CallStatus: 'completed', Event: 'Hangup' });
    expect([answer.status, answer.text]).toEqual([200, '']);
  });

  it('that its carrier has not signed is refused', async () => {
    for (const headers of [{}, SIGNED[provider](url.replace('/callbacks/', '/callbackz/'), CALL)]) {
      const answer = await send(url, CALL, headers);
      expect([answer.status, answer.json.error.code]).toEqual([403, 'FORBIDDEN']);
    }
  });

  it('at any other address is none, and costs no look-up', async () => {
    const looked = jest.spyOn(gateway.world.telephony.carrierAccess, 'find');
    const other = gateway.world.addConnection(gateway.tenant.partnerId, { provider });
    const wrong = [
      url.replace(connectionId, other),
      url.replace(`/${provider}/`, '/exotel/'),
      url.replace(/.\/inbound/, '_/inbound'),
      url.replace(/connection=.*/, 'connection=x'),
      url.split('?')[0] ?? '',
    ];
    for (const address of wrong)
      expect([address, (await send(address, CALL, SIGNED[provider](address, CALL))).status]).toEqual([address, 404]);
    expect(looked).not.toHaveBeenCalled();
  });

  it("at another carrier's address is none", async () => {
    const name = provider === 'twilio' ? 'plivo' : 'twilio';
    expect((await send(url.replace(`/${provider}/`, `/${name}/`), CALL, {})).status).toBe(404);
  });
});
