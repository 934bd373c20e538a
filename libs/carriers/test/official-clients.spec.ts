import axios from 'axios';
import * as plivo from 'plivo';
import twilio from 'twilio';
import type { CarrierName } from '../src';
import { ACCOUNTS, openAt, ORDER, useCarrier, type Got } from './scripted-carrier';

const { account_sid = '', auth_token: twilioToken = '' } = ACCOUNTS.twilio;
const { auth_id = '', auth_token: plivoToken = '' } = ACCOUNTS.plivo;

/** What is compared: not the headers by which a client tells its name. */
const wireOf = ({ method, path, headers, body }: Got): object => ({
  method,
  path,
  authorization: headers.authorization,
  type: headers['content-type']?.split(';')[0],
  body,
});

describe('the official clients send the same as we do:', () => {
  const { carrier } = useCarrier();
  const ours = async (name: CarrierName, act: 'placeCall' | 'verify' | 'readCall' | 'endCall'): Promise<Got> => {
    const account = openAt(carrier().url, name);
    await (act === 'placeCall' ? account.placeCall(ORDER) : act === 'verify' ? account.verify() : account[act]('id-1'));
    return carrier().last;
  };
  beforeEach(() => {
    carrier().tell = () => ({ json: {} });
  });

  describe('twilio', () => {
    const client = () => {
      const httpClient = new twilio.RequestClient();
      const request = httpClient.request.bind(httpClient);
      httpClient.request = (options) =>
        request({ ...options, uri: options.uri.replace('https://api.twilio.com', carrier().url) });
      return twilio(account_sid, twilioToken, { httpClient });
    };
    const theirs = async (act: (official: ReturnType<typeof client>) => Promise<unknown>): Promise<Got> => {
      await act(client()).catch(() => undefined);
      return carrier().last;
    };

    it('a call', async () => {
      const sent = wireOf(await ours('twilio', 'placeCall'));
      const response = new twilio.twiml.VoiceResponse();
      const stream = response.connect().stream({ url: ORDER.mediaUrl });
      for (const [name, value] of Object.entries({ ...ORDER.parameters, call_id: ORDER.callId }))
        stream.parameter({ name, value });
      const official = await theirs((api) =>
        api.calls.create({
          to: ORDER.to,
          from: ORDER.from,
          twiml: response.toString(),
          statusCallback: ORDER.statusUrl,
          statusCallbackMethod: 'POST',
          statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
          timeout: ORDER.ringSeconds,
        }),
      );
      const sorted = (wire: object & { body?: string }): unknown => ({
        ...wire,
        body: [...new URLSearchParams(wire.body)].map((field) => field.join('=')).sort((a, b) => (a < b ? -1 : 1)),
      });
      expect(sorted(sent)).toEqual(sorted(wireOf(official)));
    });

    it.each(['<&>"\'', 'नमस्ते', 'a\nb\tc', ''])('a parameter %j', async (value) => {
      await openAt(carrier().url, 'twilio').placeCall({ ...ORDER, parameters: { name: value } });
      const ourTwiml = new URLSearchParams(carrier().last.body).get('Twiml') ?? '';
      const voice = new twilio.twiml.VoiceResponse();
      const stream = voice.connect().stream({ url: ORDER.mediaUrl });
      stream.parameter({ name: 'name', value });
      stream.parameter({ name: 'call_id', value: ORDER.callId });
      expect(ourTwiml).toBe(voice.toString());
    });

    it('a look at a call, at the account, and the end of a call', async () => {
      expect((await theirs((api) => api.calls('id-1').fetch())).path).toBe((await ours('twilio', 'readCall')).path);
      const account = await theirs((api) => api.api.v2010.accounts(account_sid).fetch());
      expect(account.path).toBe((await ours('twilio', 'verify')).path);
      const end = await theirs((api) => api.calls('id-1').update({ status: 'completed' }));
      expect(wireOf(end)).toEqual(wireOf(await ours('twilio', 'endCall')));
    });
  });

  describe('plivo', () => {
    afterEach(() => {
      jest.restoreAllMocks();
    });
    /** Its voice calls have their host built in: the request is taken from the library underneath. */
    const theirs = async (
      act: (client: InstanceType<typeof plivo.Client>) => Promise<unknown>,
    ): Promise<Record<string, unknown>> => {
      const got: Record<string, unknown>[] = [];
      const create = axios.create.bind(axios);
      jest.spyOn(axios, 'create').mockImplementation((config) =>
        create({
          ...config,
          adapter: (request) => {
            got.push({ method: request.method?.toUpperCase(), url: request.url, data: request.data as unknown });
            return Promise.resolve({ data: {}, status: 200, statusText: 'OK', headers: {}, config: request });
          },
        }),
      );
      await act(new plivo.Client(auth_id, plivoToken)).catch(() => undefined);
      return got[0] ?? {};
    };

    it('a call', async () => {
      const sent = await ours('plivo', 'placeCall');
      const official = await theirs((client) =>
        client.calls.create('918047112233', '919876543210', ORDER.answerUrl, {
          answerMethod: 'POST',
          ringUrl: ORDER.statusUrl,
          ringMethod: 'POST',
          hangupUrl: ORDER.statusUrl,
          hangupMethod: 'POST',
          ringTimeout: ORDER.ringSeconds,
        }),
      );
      expect(String(official['url'])).toMatch(new RegExp(`${sent.path}$`));
      expect(official['method']).toBe(sent.method);
      expect(JSON.parse(sent.body)).toEqual(
        typeof official['data'] === 'string' ? JSON.parse(official['data']) : official['data'],
      );
    });
  });
});
