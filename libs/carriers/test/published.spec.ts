import Ajv, { type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { CarrierName, Pointer } from '../src';
import exotel from './published/exotel.json';
import jambonz from './published/jambonz.json';
import plivo from './published/plivo.json';
import twilio from './published/twilio.json';
import { openAt, ORDER, useCarrier } from './scripted-carrier';

const ajv = addFormats(new Ajv({ strict: false, coerceTypes: true, logger: false }));

/** The published schema, without room for a field that it does not name: carriers ignore those in silence. */
const closed = (schema: object): ValidateFunction => ajv.compile({ ...schema, additionalProperties: false });

/** A form as an object: a name that repeats, or that has an index, is a list. */
const objectOf = (form: string): Readonly<Record<string, unknown>> => {
  const fields: Record<string, string | string[]> = {};
  for (const [name, value] of new URLSearchParams(form)) {
    const plain = name.replace(/\[\d+\]$/, '');
    const before = fields[plain];
    if (before === undefined) fields[plain] = name === plain && plain !== 'StatusCallbackEvent' ? value : [value];
    else fields[plain] = [before, value].flat();
  }
  return fields;
};

const NOWHERE: Pointer = { voice_url: null, voice_method: 'POST', voice_application_sid: null, trunk_sid: null };

describe('what is sent fits the documents that the carriers publish:', () => {
  const { carrier } = useCarrier();
  const place = async (name: CarrierName, more: Readonly<Record<string, string>> = {}): Promise<string> => {
    carrier().tell = () => ({ json: {} });
    await openAt(carrier().url, name, more).placeCall(ORDER);
    return carrier().last.body;
  };
  const problems = (validate: ValidateFunction, sent: unknown): unknown => {
    validate(sent);
    return validate.errors;
  };

  it('Twilio, a call', async () => {
    const validate = closed(twilio.forms.place);
    expect(problems(validate, objectOf(await place('twilio')))).toBeNull();
    expect(carrier().last.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(validate(objectOf('From=%2B1'))).toBe(false);
    expect(validate(objectOf('To=%2B1&From=%2B1&StatusCallbackMethod=FOO'))).toBe(false);
    expect(validate(objectOf('To=%2B1&From=%2B1&TimeOut=1'))).toBe(false);
  });

  it('Twilio, the end of one', async () => {
    carrier().tell = () => ({ json: {} });
    await openAt(carrier().url, 'twilio').endCall('CA1');
    expect(problems(closed(twilio.forms.end), objectOf(carrier().last.body))).toBeNull();
  });

  it('Twilio, a number that is pointed, and one that is taken off its application and its trunk', async () => {
    carrier().tell = () => ({ json: {} });
    const validate = closed(twilio.forms.point);
    const [AP, TK] = [`AP${'0'.repeat(32)}`, `TK${'0'.repeat(32)}`];
    const at = (more: object): Pointer => ({ ...NOWHERE, ...more });
    const point = async (from: Pointer, to: Pointer): Promise<unknown> => {
      await openAt(carrier().url, 'twilio').inbound?.write({ id: 'PN1', from, to });
      return objectOf(carrier().last.body);
    };
    const ours = at({ voice_url: 'https://api.example.com/a?b=1' });
    const sent = await point(NOWHERE, ours);
    expect([problems(validate, sent), sent]).toEqual([
      null,
      { VoiceUrl: 'https://api.example.com/a?b=1', VoiceMethod: 'POST' },
    ]);
    for (const before of [at({ voice_application_sid: AP }), at({ trunk_sid: TK })]) {
      const [taken, given] = [await point(before, ours), await point(ours, before)];
      const name = before['trunk_sid'] === null ? 'VoiceApplicationSid' : 'TrunkSid';
      // The document has no word for a field that is removed; an empty text is how Twilio's own clients do it.
      expect(taken).toMatchObject({ [name]: '' });
      expect(problems(validate, { ...(given as object), VoiceUrl: 'https://none.example.com' })).toBeNull();
      expect(given).toMatchObject({ VoiceUrl: '', [name]: before['trunk_sid'] ?? AP });
    }
  });

  it('Exotel, into a flow and straight to the media endpoint', async () => {
    const flow = objectOf(await place('exotel'));
    expect(problems(closed(exotel.forms.flow), flow)).toBeNull();
    expect(flow).toMatchObject({
      From: '+919876543210',
      CallerId: '08047112233',
      Url: 'http://my.exotel.com/partner1/exoml/start_voice/123456',
      StatusCallbackEvents: ['terminal', 'answered'],
      CustomField: ORDER.callId,
    });
    const stream = objectOf(await place('exotel', { applet_id: '' }));
    expect(problems(closed(exotel.forms.stream), stream)).toBeNull();
    expect(stream).toMatchObject({
      StreamUrl: `${ORDER.mediaUrl}?call_id=${ORDER.callId}&agent_id=a1`,
      StreamType: 'bidirectional',
    });
  });

  it('jambonz, a call to a trunk and the end of one', async () => {
    const sent: unknown = JSON.parse(await place('sip', { sip_transport: 'TLS' }));
    const validate = closed(jambonz.bodies.place);
    expect(problems(validate, sent)).toBeNull();
    expect(sent).toMatchObject({
      from: '+918047112233',
      to: {
        type: 'sip',
        sipUri: 'sip:+919876543210@sip.partner.example;transport=tls',
        auth: { username: 'trunk', password: 'canary-sip-password' },
      },
      call_hook: { url: ORDER.answerUrl, method: 'post' },
    });
    expect(validate({ from: '1', to: { type: 'sip' }, call_hook: { url: 'https://a.example', method: 'POST' } })).toBe(
      false,
    );
    await openAt(carrier().url, 'sip').endCall('s');
    expect(problems(closed(jambonz.bodies.end), JSON.parse(carrier().last.body))).toBeNull();
  });
});

describe('what the carriers publish as answers is read:', () => {
  const { carrier } = useCarrier();
  const placed = async (name: CarrierName, json: unknown): Promise<unknown> => {
    carrier().tell = () => ({ json });
    return openAt(carrier().url, name).placeCall(ORDER);
  };

  it('a placed call', async () => {
    expect(await placed('twilio', twilio.answers.placed)).toMatchObject({
      kind: 'accepted',
      carrierId: twilio.answers.placed.sid,
    });
    expect(await placed('exotel', exotel.answers.placed)).toMatchObject({
      kind: 'accepted',
      carrierId: 'a1b2c3d4e5f6...',
    });
    expect(await placed('plivo', plivo.callCreateResponse)).toMatchObject({
      kind: 'accepted',
      carrierId: '9834029e-58b6-11e1-b8b7-a5bd0e4e126f',
    });
  });

  it('a number, and where its calls go', async () => {
    const { pointed } = twilio.answers;
    const trunk = `TK${'0'.repeat(32)}`;
    carrier().tell = () => ({ json: { incoming_phone_numbers: [{ ...pointed, trunk_sid: trunk }] } });
    expect(await openAt(carrier().url, 'twilio').inbound?.read(pointed.phone_number)).toEqual({
      kind: 'read',
      id: pointed.sid,
      pointer: { ...NOWHERE, trunk_sid: trunk },
    });
    const [row] = plivo.numberListResponse.objects;
    carrier().tell = () => ({ json: row });
    expect(await openAt(carrier().url, 'plivo').inbound?.read('+18135401302')).toEqual({
      kind: 'read',
      id: '18135401302',
      pointer: { application: '29986316244302815' },
    });
  });

  it('an account', async () => {
    carrier().tell = () => ({ json: twilio.answers.account });
    expect(await openAt(carrier().url, 'twilio').verify()).toEqual({ kind: 'verified' });
    carrier().tell = () => ({ json: plivo.accountGetResponse });
    expect(await openAt(carrier().url, 'plivo').verify()).toEqual({ kind: 'verified' });
  });

  it('a call, and without its secrets', async () => {
    carrier().tell = () => ({ json: { ...twilio.answers.call, auth_token: 'canary-x' } });
    const reading = await openAt(carrier().url, 'twilio').readCall('CA1');
    expect(reading).toMatchObject({ kind: 'known', state: 'completed' });
    expect(JSON.stringify(reading)).not.toContain('canary');
  });
});
