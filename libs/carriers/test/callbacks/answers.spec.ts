import * as fc from 'fast-check';
import * as plivo from 'plivo';
import twilio from 'twilio';
import { callbacksOf, CARRIER_NAMES, type CarrierName, type Handover } from '../../src';

const HANDOVER: Handover = {
  callId: 'c1234567-abcd-4234-abcd-123456789012',
  mediaUrl: 'wss://media.example.com/ws',
  parameters: { agent_id: 'a1', note: `<&>"'ü` },
};
const QUERY = new URLSearchParams({ call_id: HANDOVER.callId, ...HANDOVER.parameters }).toString();

const answer = (carrier: CarrierName, handover = HANDOVER, fields = {}) =>
  callbacksOf(carrier).handOver(handover, fields);
/** What a reader of XML makes of it; none of its characters may stand there bare. */
const decoded = (text = ''): string => {
  expect(text).not.toMatch(/[<>\t\r\n]|&(?!amp;|lt;|gt;|quot;|#x9;|#xA;|#xD;)/);
  const names: Readonly<Record<string, string>> = {
    amp: '&',
    lt: '<',
    gt: '>',
    quot: '"',
    '#x9': '\t',
    '#xA': '\n',
    '#xD': '\r',
  };
  return text.replace(/&([^;]+);/g, (_, name: string) => names[name] ?? '');
};

/** Its types know it as a function only. */
const Builder = plivo.Response as unknown as new () => {
  addStream(url: string, attributes: object): void;
  toXML(): string;
};
const withoutDeclaration = (xml: string): string => xml.replace(/^<\?xml[^>]*\?>/, '');

describe('an answered call is handed over', () => {
  it('to Twilio as its own builder writes it', () => {
    const voice = new twilio.twiml.VoiceResponse();
    const stream = voice.connect().stream({ url: HANDOVER.mediaUrl });
    for (const [name, value] of Object.entries({ ...HANDOVER.parameters, call_id: HANDOVER.callId }))
      stream.parameter({ name, value });
    expect(answer('twilio')).toEqual({ contentType: 'text/xml; charset=utf-8', body: voice.toString() });
  });

  it('to Twilio without a query in the URL, which it would not take', () => {
    const { body } = answer('twilio', { ...HANDOVER, mediaUrl: `${HANDOVER.mediaUrl}?room=1` });
    expect(body).toContain(`url="${HANDOVER.mediaUrl}"`);
    expect(body).toContain('<Parameter name="room" value="1"/>');
  });

  it.each(['plivo', 'vobiz'] as const)("to %s as Plivo's own builder writes it", (carrier) => {
    const response = new Builder();
    response.addStream(`${HANDOVER.mediaUrl}?${QUERY}`, {
      bidirectional: true,
      keepCallAlive: true,
      contentType: 'audio/x-mulaw;rate=8000',
      extraHeaders: `call_id=${HANDOVER.callId}`,
    });
    const { contentType, body } = answer(carrier);
    expect(contentType).toBe('text/xml; charset=utf-8');
    expect(withoutDeclaration(body)).toBe(response.toXML());
  });

  it.each<[CarrierName, unknown]>([
    ['tata_smartflo', { success: true, wss_url: `${HANDOVER.mediaUrl}?${QUERY}` }],
    ['mcube', { wss_url: `${HANDOVER.mediaUrl}?${QUERY}` }],
    ['exotel', { url: `${HANDOVER.mediaUrl}?${QUERY}` }],
  ])('to %s with the URL of the endpoint', (carrier, want) => {
    const { contentType, body } = answer(carrier);
    expect(contentType).toBe('application/json; charset=utf-8');
    expect(JSON.parse(body)).toEqual(want);
  });

  it('to Exotel with as many parameters as it hands on, the call id first', () => {
    const parameters = { long: 'x'.repeat(250), a: '1', b: '2', c: '3' };
    const { url } = JSON.parse(answer('exotel', { ...HANDOVER, parameters }).body) as { url: string };
    expect(url).toBe(`${HANDOVER.mediaUrl}?call_id=${HANDOVER.callId}&a=1&b=2`);
  });

  it('to the media gateway as a listen verb that plays, too', () => {
    expect(JSON.parse(answer('sip').body)).toEqual([
      {
        verb: 'listen',
        url: HANDOVER.mediaUrl,
        mixType: 'mono',
        sampleRate: 8000,
        passDtmf: true,
        metadata: { ...HANDOVER.parameters, call_id: HANDOVER.callId },
        bidirectionalAudio: { enabled: true, streaming: true, sampleRate: 8000 },
      },
    ]);
  });

  it('to MCube only while it connects: the same hook tells how the call went', () => {
    expect(answer('mcube', HANDOVER, { dialStatus: 'CONNECTING' }).body).toContain('wss_url');
    expect(answer('mcube', HANDOVER, { dialStatus: 'ANSWER' }).body).toBe('{"status":"ok"}');
  });

  it('under its own id, whatever the parameters say', () => {
    for (const carrier of CARRIER_NAMES) {
      const { body } = answer(carrier, { ...HANDOVER, parameters: { call_id: 'another', agent_id: 'a1' } });
      expect(body).toContain(HANDOVER.callId);
      expect(body).not.toContain('another');
    }
  });

  it('in XML that holds what it was given, whatever that is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (value) => {
        const xmlOf = (carrier: CarrierName) => answer(carrier, { ...HANDOVER, parameters: { value } }).body;
        const attribute = / value="([^"]*)"/.exec(xmlOf('twilio'))?.[1];
        const content = /<Stream [^>]*>([^<]*)</.exec(xmlOf('plivo'))?.[1];
        // XML 1.0 has no way to write most control characters.
        const writable = value.replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '');
        expect(decoded(attribute)).toBe(writable);
        const url = decoded(content).replace('wss:', 'https:');
        expect(new URL(url).searchParams.get('value')).toBe(value.toWellFormed());
      }),
      { numRuns: 500 },
    );
  });
});

it('a call that is over is hung up when it asks', () => {
  expect(callbacksOf('twilio').hangUp.body).toContain('<Response><Hangup/></Response>');
  expect(callbacksOf('vobiz').hangUp.body).toContain('<Response><Hangup/></Response>');
  expect(callbacksOf('sip').hangUp.body).toBe('[{"verb":"hangup"}]');
  expect(callbacksOf('tata_smartflo').hangUp.body).toContain('"success":false');
});
