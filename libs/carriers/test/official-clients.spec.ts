import axios from 'axios';
import * as plivo from 'plivo';
import twilio from 'twilio';
import type { Carrier, CarrierName } from '../src';
import type { ReceivedRequest } from '@dialtone/testing';
import { ACCOUNTS, openAt, ORDER, useCarrier } from './scripted-carrier';

const { account_sid = '', auth_token: twilioToken = '' } = ACCOUNTS.twilio;
const { auth_id = '', auth_token: plivoToken = '' } = ACCOUNTS.plivo;

type Act = (client: InstanceType<typeof plivo.Client>) => Promise<unknown>;

/** What is compared: not the headers by which a client tells its name. */
const wireOf = ({ method, path, headers, body }: ReceivedRequest): object => ({
  method,
  path,
  authorization: headers.authorization,
  type: headers['content-type']?.split(';')[0],
  body,
});

describe('the official clients send the same as we do:', () => {
  const { carrier } = useCarrier();
  const ours = async (
    name: CarrierName,
    act: 'placeCall' | 'verify' | 'readCall' | 'endCall',
  ): Promise<ReceivedRequest> => {
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
    const theirs = async (act: (official: ReturnType<typeof client>) => Promise<unknown>): Promise<ReceivedRequest> => {
      await act(client()).catch(() => undefined);
      return carrier().last;
    };

    const sorted = (wire: object & { body?: string }): unknown => ({
      ...wire,
      body: [...new URLSearchParams(wire.body)].map((field) => field.join('=')).sort((a, b) => (a < b ? -1 : 1)),
    });

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

    it('a page of numbers', async () => {
      await openAt(carrier().url, 'twilio').listNumbers();
      const { path } = carrier().last;
      // The library asks for as many as it is to show, at most the thousand that a page may have.
      const official = await theirs((api) => api.incomingPhoneNumbers.list({ limit: 2_000, pageSize: 1_000 }));
      expect(official.path).toBe(path);
    });

    it('a number that is looked at and pointed', async () => {
      const inbound = openAt(carrier().url, 'twilio').inbound;
      const nowhere = { voice_url: null, voice_method: 'POST', voice_application_sid: 'AP1', trunk_sid: null };
      const to = { ...nowhere, voice_url: 'https://api.example.com/a?b=1', voice_application_sid: null };
      await inbound?.write({ id: 'PN1', from: nowhere, to });
      const sent = wireOf(carrier().last);
      const update = { voiceUrl: to.voice_url, voiceMethod: 'POST', voiceApplicationSid: '' };
      const official = await theirs((api) => api.incomingPhoneNumbers('PN1').update(update));
      expect(sorted(wireOf(official))).toEqual(sorted(sent));
      await inbound?.read('+918047112233');
      const { path } = carrier().last;
      const asked = await theirs((api) => api.incomingPhoneNumbers.page({ phoneNumber: '+918047112233' }));
      expect(asked.path).toBe(path);
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
    const theirs = async (act: Act): Promise<Record<string, unknown>> => {
      const got: Record<string, unknown>[] = [];
      const create = axios.create.bind(axios);
      jest.spyOn(axios, 'create').mockImplementation((config) =>
        create({
          ...config,
          adapter: (request) => {
            const { url, data, params } = request as { url?: string; data?: unknown; params?: object };
            got.push({ method: request.method?.toUpperCase(), url, data, params });
            return Promise.resolve({ data: {}, status: 200, statusText: 'OK', headers: {}, config: request });
          },
        }),
      );
      await act(new plivo.Client(auth_id, plivoToken)).catch(() => undefined);
      return got[0] ?? {};
    };

    it.each<{ name: string; we: (account: Carrier) => Promise<unknown>; they: Act }>([
      {
        name: 'a look at a live call',
        we: (account) => account.readCall('id-1'),
        they: (api) => api.calls.getLiveCall('id-1'),
      },
      { name: 'the end of a call', we: (account) => account.endCall('id-1'), they: (api) => api.calls.hangup('id-1') },
    ])('$name', async ({ we, they }) => {
      await we(openAt(carrier().url, 'plivo'));
      const [sent] = carrier().got;
      const official = await theirs(they);
      const { pathname, searchParams } = new URL(String(official['url']));
      for (const [name, value] of Object.entries(official['params'] ?? {})) searchParams.set(name, String(value));
      // Its library leaves out the slash before a query, which the documentation has.
      const path = pathname.replace(/\/?$/, '/') + (searchParams.size === 0 ? '' : `?${searchParams.toString()}`);
      expect([official['method'], path]).toEqual([sent?.method, sent?.path]);
    });

    it.each<{ name: string; we: (account: Carrier) => Promise<unknown>; they: Act }>([
      { name: 'a look at the account', we: (account) => account.verify(), they: (api) => api.accounts.get() },
      {
        name: 'a page of numbers',
        we: (account) => account.listNumbers(),
        they: (api) => api.numbers.list({ limit: 20, offset: 0 }),
      },
    ])('$name', async ({ we, they }) => {
      await we(openAt(carrier().url, 'plivo'));
      const [sent] = carrier().got;
      const url = `${carrier().url}/v1/Account/${auth_id}`;
      await they(new plivo.Client(auth_id, plivoToken, { url })).catch(() => undefined);
      const { method, path, headers } = carrier().last;
      // Its library ends the path of the account with two slashes.
      const once = path.replace(/\/+$/, '/');
      expect([method, once, headers.authorization]).toEqual([sent?.method, sent?.path, sent?.headers.authorization]);
      expect(carrier().got).toHaveLength(2);
    });

    it('a number that is looked at, pointed, and pointed nowhere', async () => {
      const inbound = openAt(carrier().url, 'plivo').inbound;
      const url = `${carrier().url}/v1/Account/${auth_id}`;
      const client = new plivo.Client(auth_id, plivoToken, { url });
      const wire = ({ method, path, body }: ReceivedRequest): unknown => [
        method,
        path,
        body === '' ? '' : JSON.parse(body),
      ];
      const both = async (we: () => Promise<unknown> | undefined, they: () => Promise<unknown>): Promise<void> => {
        await we();
        const sent = wire(carrier().last);
        await they().catch(() => undefined);
        expect(wire(carrier().last)).toEqual(sent);
      };
      await both(
        () => inbound?.read('+918047112233'),
        () => (client.numbers as unknown as { get: (id: string) => Promise<unknown> }).get('918047112233'),
      );
      for (const [application, appId] of [
        ['123', '123'],
        [null, ''],
      ] as const) {
        await both(
          () => inbound?.write({ id: '918047112233', from: {}, to: { application } }),
          () => client.numbers.update('918047112233', { appId }),
        );
      }
    });

    it('an application that is made', async () => {
      const url = 'https://api.example.com/callbacks/plivo/t/inbound?connection=1';
      carrier().tell = ({ method }) => ({ json: method === 'GET' ? { objects: [] } : { app_id: '1' } });
      await openAt(carrier().url, 'plivo').inbound?.prepare({ name: 'dialtone-1', url });
      expect(carrier().lines[0]).toMatch(/^GET .*\/Application\/\?limit=20&offset=0$/);
      const { method, path, body } = carrier().last;
      // Its library writes what it sends to the console.
      jest.spyOn(console, 'log').mockImplementation();
      const official = await theirs((client) =>
        client.applications.create('dialtone-1', {
          answerUrl: url,
          answerMethod: 'POST',
          hangupUrl: url,
          hangupMethod: 'POST',
        }),
      );
      expect([official['method'], new URL(String(official['url'])).pathname]).toEqual([method, path]);
      const { data } = official;
      expect(JSON.parse(body)).toEqual(typeof data === 'string' ? JSON.parse(data) : data);
    });

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
