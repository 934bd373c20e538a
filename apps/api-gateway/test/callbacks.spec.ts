import { createHmac } from 'node:crypto';
import type { CarrierName } from '@dialtone/carriers';
import twilio from 'twilio';
import { PUBLIC_BASE_URL, useGateway } from './gateway';
import { placedCall, SIGNING_TOKEN as TOKEN, statusOf, type PlacedCall } from './placed-call';

const FORM = 'application/x-www-form-urlencoded';
const WRONG = 'x'.repeat(43);

describe('a callback', () => {
  const gateway = useGateway();

  const newCall = (provider: CarrierName, variables: Readonly<Record<string, unknown>> = {}) =>
    placedCall(gateway, provider, variables);
  const stateOf = (call: PlacedCall) => statusOf(gateway, call);

  const send = (url: string, form: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}) =>
    gateway.ask('POST', url.replace(PUBLIC_BASE_URL, ''), {
      apiKey: null,
      payload: new URLSearchParams(form).toString(),
      headers: { 'content-type': FORM, ...headers },
    });
  const fromTwilio = (url: string, form: Readonly<Record<string, string>>, signedUrl = url) =>
    send(url, form, { 'x-twilio-signature': twilio.getExpectedTwilioSignature(TOKEN, signedUrl, form) });
  const fromExotel = (url: string, form: Readonly<Record<string, string>>) => send(url, form);

  it('of Twilio is heard when it is signed for the public URL', async () => {
    const call = await newCall('twilio');
    const answer = await fromTwilio(call.urls.statusUrl, { CallSid: 'CA1', CallStatus: 'ringing' });
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect(await stateOf(call)).toBe('ringing');
  });

  it.each([
    ['another host', 'https://api.example.com/dialtone', 'https://gateway.internal'],
    ['no base', PUBLIC_BASE_URL, ''],
  ])('that is signed for %s is refused, and changes nothing', async (_, from, to) => {
    const call = await newCall('twilio');
    const form = { CallStatus: 'completed' };
    const answer = await fromTwilio(call.urls.statusUrl, form, call.urls.statusUrl.replace(from, to));
    expect([answer.status, answer.json.error.code]).toEqual([403, 'FORBIDDEN']);
    expect(await stateOf(call)).toBe('pending');
  });

  it('with a host of its own is judged by the configured one', async () => {
    const call = await newCall('twilio');
    const form = { CallStatus: 'ringing' };
    const signature = twilio.getExpectedTwilioSignature(TOKEN, call.urls.statusUrl, form);
    const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-twilio-signature': signature };
    expect((await send(call.urls.statusUrl, form, headers)).status).toBe(200);
  });

  it('that is signed and too old is refused', async () => {
    const call = await newCall('twilio');
    const form = { CallStatus: 'completed', Timestamp: 'Mon, 30 Nov 2020 08:00:00 +0000' };
    expect((await fromTwilio(call.urls.statusUrl, form)).status).toBe(403);
    expect(await stateOf(call)).toBe('pending');
  });

  it('may come twice, late and in any order', async () => {
    const call = await newCall('exotel');
    const [ringing, answered, completed] = [
      { Status: 'ringing' },
      { EventType: 'answered', Status: 'in-progress' },
      { EventType: 'terminal', Status: 'completed', ConversationDuration: '9' },
    ];
    for (const form of [answered, ringing, completed, completed, ringing, answered, { Status: 'busy' }])
      expect((await fromExotel(call.urls.statusUrl, form)).status).toBe(200);
    expect(await stateOf(call)).toBe('completed');
  });

  it('asks where an answered call goes, and is told with the call id and the variables', async () => {
    const call = await newCall('plivo', { customer_name: 'Asha & <Rao>', past: [{ due: 2 }], call_id: 'forged' });
    const url = call.urls.answerUrl;
    const nonce = '1';
    const base = url.split('?')[0] ?? '';
    const signature = createHmac('sha256', TOKEN)
      .update(`${base}?call=${call.id}.CallStatusin-progress.${nonce}`)
      .digest('base64');
    const signed = { 'x-plivo-signature-v3': signature, 'x-plivo-signature-v3-nonce': nonce };
    const answer = await send(url, { CallStatus: 'in-progress' }, signed);
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/xml; charset=utf-8']);
    expect(answer.text).toContain(
      `?call_id=${call.id}&amp;customer_name=Asha+%26+%3CRao%3E&amp;past=%5B%7B%22due%22%3A2%7D%5D`,
    );
    expect(answer.text).toContain(`agent_id=${gateway.tenant.agentId}`);
    expect(answer.text).not.toContain('forged');
    expect(await stateOf(call)).toBe('in_progress');
  });

  it('that asks where a call goes tells that it was answered', async () => {
    const call = await newCall('exotel', { customer_name: 'Asha' });
    const answer = await gateway.ask('GET', call.urls.answerUrl.replace(PUBLIC_BASE_URL, ''), { apiKey: null });
    const { url } = JSON.parse(answer.text) as { url: string };
    expect(new URL(url).searchParams.get('call_id')).toBe(call.id);
    expect(await stateOf(call)).toBe('in_progress');
  });

  it('of a call that is over has it hung up', async () => {
    const call = await newCall('tata_smartflo');
    await send(call.urls.statusUrl, { call_status: 'missed' });
    expect((await send(call.urls.answerUrl, {})).text).toContain('"success":false');
    expect(await stateOf(call)).toBe('no_answer');
  });

  it('that names another call says nothing of this one', async () => {
    const call = await newCall('exotel');
    const form = { Status: 'completed', CustomField: '9b7f1c44-c87f-4f0c-9124-3c802a9c1a20' };
    expect((await fromExotel(call.urls.statusUrl, form)).status).toBe(200);
    expect(await stateOf(call)).toBe('pending');
  });

  it('before the answer of the request that placed the call gives it its id', async () => {
    const call = await newCall('exotel');
    await fromExotel(call.urls.statusUrl, { CallSid: 'e1', Status: 'ringing' });
    expect(await gateway.world.calls.byCallbackToken(call.token)).toMatchObject({ carrierId: 'e1' });
  });

  it('is kept without what it quotes of the credentials, and not at any length', async () => {
    const call = await newCall('mcube');
    const noted = jest.spyOn(gateway.world.calls, 'noteHeard');
    const dialStatus = `EXECUTIVE BUSY ${TOKEN} ${'x'.repeat(5_000)}`;
    await send(call.urls.answerUrl, { dialStatus, callId: 'i'.repeat(5_000) });
    const [, { carrierId, error } = {}] = noted.mock.calls[0] ?? [];
    expect([carrierId, error?.length, error?.includes(TOKEN)]).toEqual([null, 300, false]);
  });

  it.each([
    ['POST', '/callbacks/twilio/x/status'],
    ['POST', `/callbacks/twilio/${WRONG}/status`],
    ['GET', `/callbacks/twilio/${WRONG}/answer`],
    ['POST', `/callbacks/voicelink/${WRONG}/status`],
    ['POST', `/callbacks/nobody/${WRONG}/status`],
    ['POST', `/callbacks/twilio/${WRONG}/other`],
    ['POST', `/callbacks/twilio/${WRONG}`],
    ['PUT', `/callbacks/twilio/${WRONG}/status`],
    ['HEAD', `/callbacks/twilio/${WRONG}/status`],
  ] as const)('of a stranger is none: %s %s', async (method, url) => {
    const answer = await gateway.ask(method, url, { apiKey: null });
    expect(answer.status).toBe(404);
  });

  it("with another carrier's name, or a changed token, is none", async () => {
    const call = await newCall('exotel');
    const { statusUrl } = call.urls;
    for (const url of [
      statusUrl.replace('exotel', 'mcube'),
      statusUrl.replace(call.token, `${call.token.slice(0, -1)}_`),
    ])
      expect((await send(url, { Status: 'completed' })).status).toBe(404);
    expect(await stateOf(call)).toBe('pending');
  });

  it.each([
    ['application/json', '{"Status":'],
    ['application/json', '"text"'],
    ['text/plain', 'Status'],
    ['', '\u0000'],
    ['multipart/form-data; boundary=', '--'],
    [`${FORM}; charset=utf-16`, '%ff%fe'],
  ])('of any form is taken: %j %j', async (type, payload) => {
    const call = await newCall('exotel');
    const url = call.urls.statusUrl.replace(PUBLIC_BASE_URL, '');
    const answer = await gateway.ask('POST', url, { apiKey: null, payload, headers: { 'content-type': type } });
    expect([200, 415]).toContain(answer.status);
    expect(await stateOf(call)).toBe('pending');
  });

  it('that is too long is refused', async () => {
    const call = await newCall('exotel');
    const answer = await fromExotel(call.urls.statusUrl, { Status: 'completed', more: 'x'.repeat(70_000) });
    expect([answer.status, answer.json.error.code]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
    expect(await stateOf(call)).toBe('pending');
  });

  it('is one of 120 in a minute, of one call', async () => {
    const [call, other] = [await newCall('exotel'), await newCall('exotel')];
    const statuses: number[] = [];
    for (let n = 0; n < 121; n += 1) statuses.push((await fromExotel(call.urls.statusUrl, {})).status);
    expect([statuses.filter((status) => status === 200).length, statuses.at(-1)]).toEqual([120, 429]);
    expect((await fromExotel(other.urls.statusUrl, {})).status).toBe(200);
  });

  it('is counted by carrier and by what became of it', async () => {
    const [call, other] = [await newCall('vobiz'), await newCall('mcube')];
    const [stale, flooded] = [await newCall('twilio'), await newCall('sip')];
    await send(call.urls.statusUrl, { CallStatus: 'ringing' });
    await fromTwilio(stale.urls.statusUrl, { CallStatus: 'completed', Timestamp: 'Mon, 30 Nov 2020 08:00:00 +0000' });
    for (let n = 0; n < 121; n += 1) await send(flooded.urls.statusUrl, {});
    await send(other.urls.statusUrl, { more: 'x'.repeat(70_000) });
    await send(other.urls.statusUrl, {});
    await send(other.urls.statusUrl, { dialStatus: 'BUSY' });
    const text = await gateway.registry.getSingleMetricAsString('dialtone_callbacks_total');
    for (const [provider, outcome, reason] of [
      ['vobiz', 'refused', 'signature'],
      ['twilio', 'refused', 'stale'],
      ['sip', 'refused', 'rate'],
      ['mcube', 'refused', 'size'],
      ['mcube', 'silent', null],
      ['mcube', 'heard', null],
    ] as const) {
      const why = reason === null ? '' : `,reason="${reason}"`;
      expect(text).toContain(`{provider="${provider}",outcome="${outcome}"${why}} `);
      expect(text).not.toContain(`{provider="${provider}",outcome="${outcome}"${why}} 0`);
    }
    expect(gateway.log.filter((line) => line.includes('a callback was refused')).length).toBe(2);
  });

  it('that ends a call is counted once, with the length of the call', async () => {
    gateway.registry.resetMetrics();
    const call = await newCall('exotel');
    for (const Status of ['in-progress', 'completed', 'completed', 'busy'])
      await fromExotel(call.urls.statusUrl, { Status, ConversationDuration: '12' });
    const ends = await gateway.registry.getSingleMetricAsString('dialtone_calls_ended_total');
    expect(ends.split('\n').filter((line) => line.startsWith('dialtone'))).toEqual([
      'dialtone_calls_ended_total{provider="exotel",outcome="completed"} 1',
    ]);
    const lengths = await gateway.registry.getSingleMetricAsString('dialtone_call_duration_seconds');
    expect(lengths).toContain('dialtone_call_duration_seconds_sum{provider="exotel"} 12');
  });

  it('is logged without its token, however that is spelled', async () => {
    const call = await newCall('exotel');
    const { statusUrl } = call.urls;
    await fromExotel(statusUrl, { Status: 'ringing' });
    await fromExotel(statusUrl.replace('callbacks', 'c%61llbacks'), { Status: 'ringing' });
    await fromExotel(statusUrl.replace('/status', '/other'), {});
    await fromExotel(statusUrl.replace('/status', ''), {});
    expect(gateway.log.length).toBeGreaterThan(4);
    expect(gateway.log.join('')).not.toContain(call.token);
  });
});
