import { CARRIER_NAMES, type Placement } from '@dialtone/carriers';
import { TELEPHONY_PROVIDERS, type TelephonyProvider } from '@dialtone/persistence';
import { PUBLIC_BASE_URL, useGateway } from '../gateway';
import { LEAST, NUMBER, type Body } from '../telephony/carriers';

const START = '/api/v2/calls/start';
const CONNECTIONS = '/api/v2/telephony/connections';
const TO = '+919876543210';
const AGENT = 'a1b2c3d4-e5f6-7890-abcd-ef1234567890';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** With a default number, and for Smartflo a way to place calls. */
const WITH_NUMBER: Readonly<Record<TelephonyProvider, Body>> = {
  ...LEAST,
  plivo: { ...LEAST.plivo, from_number: NUMBER },
  vobiz: { ...LEAST.vobiz, from_number: NUMBER },
  tata_smartflo: { ...LEAST.tata_smartflo, from_number: NUMBER, agent_number: '1001' },
  sip: { ...LEAST.sip, did_number: NUMBER },
  voicelink: { ...LEAST.voicelink, did_number: NUMBER },
};
/** The default number as each shows it. */
const SHOWN: Readonly<Partial<Record<TelephonyProvider, string>>> = { exotel: '08047112233', mcube: '8047112233' };
const DEFAULT_ONLY: readonly TelephonyProvider[] = ['twilio', 'exotel', 'mcube'];

describe('starting a call', () => {
  const gateway = useGateway();
  beforeEach(async () => {
    // The connection that every tenant has is in nobody's way.
    const { partnerId, connectionId, agentId } = gateway.tenant;
    await gateway.world.telephony.connections.disconnect(partnerId, connectionId);
    Object.assign(gateway.world.telephony.agents.find(partnerId, agentId) ?? {}, { id: AGENT });
  });

  const connect = async (provider: TelephonyProvider, body: Body = WITH_NUMBER[provider]): Promise<string> => {
    const given = { provider, name: provider, ...body };
    const answer = await gateway.ask('POST', CONNECTIONS, { body: given });
    const { connection } = answer.json.data as { readonly connection: { readonly id: string } };
    return connection.id;
  };
  const start = (body: Body) => gateway.ask('POST', START, { body: { agent_id: AGENT, to_number: TO, ...body } });
  const bind = (connectionId: string, phoneNumber: string): void => {
    const row = gateway.world.telephony.addNumber(gateway.tenant.partnerId, connectionId as never, {
      key: phoneNumber.slice(1) as never,
      phoneNumber,
    });
    Object.assign(row, { agent: { id: AGENT, name: 'Sales Agent' } });
  };

  it('answers the example of the public documents, letter by letter', async () => {
    const created = await gateway.ask('POST', CONNECTIONS, {
      body: {
        provider: 'plivo',
        name: 'Plivo India - Sales',
        auth_id: 'MAxxxxxxxxxxxxxxxxxx',
        auth_token: 'your_plivo_auth_token',
        from_number: '+918011223344',
      },
    });
    const { connection } = created.json.data as { readonly connection: { readonly connection_id: string } };
    const { connection_id } = connection;
    const body = { agent_id: 'a1b2c3d4-e5f6-7890-abcd-ef1234567890', to_number: '+919876543210', provider: 'plivo' };
    for (const example of [body, { ...body, connection_id }]) {
      const answer = await gateway.ask('POST', START, { body: example });
      const call = gateway.world.calls.rows.at(-1);
      expect([answer.status, answer.text]).toEqual([
        201,
        JSON.stringify({
          success: true,
          data: {
            call_id: call?.id,
            session_id: call?.sessionId,
            status: 'pending',
            provider: 'plivo',
            connection_id,
            from_number: '+918011223344',
            to_number: '+919876543210',
            agent_id: 'a1b2c3d4-e5f6-7890-abcd-ef1234567890',
          },
        }),
      ]);
    }
  });

  it.each(TELEPHONY_PROVIDERS)('through %s asks for one call, and answers with it', async (provider) => {
    const connection_id = await connect(provider);
    const answer = await start({ provider });
    expect([answer.status, answer.json.data]).toEqual([
      201,
      {
        call_id: expect.stringMatching(UUID) as string,
        session_id: expect.stringMatching(UUID) as string,
        status: 'pending',
        provider,
        connection_id,
        from_number: SHOWN[provider] ?? NUMBER,
        to_number: TO,
        agent_id: AGENT,
      },
    ]);
    const { carriers, voicelink } = gateway.world;
    expect(carriers.orders.length + voicelink.calls.length).toBe(1);
  });

  it.each(CARRIER_NAMES)('tells %s where to call back, and the agent what it was given', async (provider) => {
    await connect(provider);
    const answer = await start({ provider, variables: { customer: 'Asha', due: [{ day: 2 }] } });
    const { call_id, session_id } = answer.json.data as { readonly call_id: string; readonly session_id: string };
    const [order] = gateway.world.carriers.orders;
    expect(order).toMatchObject({
      callId: call_id,
      provider,
      callerId: SHOWN[provider] ?? NUMBER,
      from: provider in SHOWN ? '+918047112233' : NUMBER,
      to: TO,
      ringSeconds: 45,
      parameters: { customer: 'Asha', due: '[{"day":2}]', session_id, agent_id: AGENT },
    });
    const token = order?.answerUrl.split('/')[6] ?? '';
    const urlOf = (kind: string) => `${PUBLIC_BASE_URL}/callbacks/${provider}/${token}/${kind}?call=${call_id}`;
    expect([order?.answerUrl, order?.statusUrl]).toEqual([urlOf('answer'), urlOf('status')]);
    expect(await gateway.world.calls.byCallbackToken(token)).toMatchObject({ id: call_id });
  });

  describe.each(TELEPHONY_PROVIDERS)('through %s', (provider) => {
    it('needs the connection to be named when there are several', async () => {
      const [first] = [await connect(provider), await connect(provider, { ...WITH_NUMBER[provider], name: 'Second' })];
      const answer = await start({ provider });
      expect([answer.status, answer.json.error.code, answer.json.error.message]).toEqual([
        400,
        'CONNECTION_AMBIGUOUS',
        `connection_id is required because this partner has multiple active ${provider} connections.`,
      ]);
      expect((await start({ provider, connection_id: first })).json.data).toMatchObject({ connection_id: first });
    });

    it(`shows ${DEFAULT_ONLY.includes(provider) ? 'its default number' : 'the number of the agent'}`, async () => {
      const connectionId = await connect(provider);
      bind(connectionId, '+918011229999');
      const { from_number } = (await start({ provider })).json.data as { readonly from_number: string };
      expect(from_number).toBe(DEFAULT_ONLY.includes(provider) ? (SHOWN[provider] ?? NUMBER) : '+918011229999');
    });

    it('needs a connection of this provider', async () => {
      const other = await connect(provider === 'plivo' ? 'vobiz' : 'plivo');
      for (const body of [{ provider }, { provider, connection_id: other }]) {
        const answer = await start(body);
        expect([answer.status, answer.json.error.code]).toEqual([404, 'CONNECTION_NOT_FOUND']);
        expect(answer.json.error.message).toContain(`active ${provider} connection`);
      }
      expect(gateway.world.calls.rows).toEqual([]);
    });
  });

  it.each([undefined, null])('through the provider %p means mcube', async (provider) => {
    await connect('mcube');
    expect((await start({ provider })).json.data).toMatchObject({ provider: 'mcube' });
  });

  it.each(CARRIER_NAMES)('through %s needs PUBLIC_BASE_URL, and names it', async (provider) => {
    await connect(provider);
    gateway.world.publicBaseUrl = null;
    const answer = await start({ provider });
    expect([answer.status, answer.json.error.code]).toEqual([422, 'PROVIDER_NOT_SUPPORTED']);
    expect(answer.json.error.message).toContain('PUBLIC_BASE_URL is not set');
    expect([gateway.world.calls.rows, gateway.world.carriers.orders]).toEqual([[], []]);
  });

  it('through SIP needs a media gateway, and names the setting', async () => {
    await connect('sip');
    gateway.world.hasSipGateway = false;
    const answer = await start({ provider: 'sip' });
    expect([answer.status, answer.json.error.code]).toEqual([422, 'PROVIDER_NOT_SUPPORTED']);
    expect(answer.json.error.message).toContain('SIP_GATEWAY_URL is not set');
    expect(gateway.world.calls.rows).toEqual([]);
  });

  it('sends nothing in a dry run, and nothing with credentials that cannot be opened', async () => {
    await connect('plivo');
    gateway.world.dryRun = true;
    expect((await start({ provider: 'plivo' })).json.error.code).toBe('WRITES_DISABLED');
    gateway.world.dryRun = false;
    gateway.world.carriers.closed = true;
    expect((await start({ provider: 'plivo' })).json.error.code).toBe('CARRIER_UNAVAILABLE');
    expect([gateway.world.calls.rows, gateway.world.carriers.orders]).toEqual([[], []]);
  });

  it('needs a caller id', async () => {
    await connect('plivo', LEAST.plivo);
    expect((await start({ provider: 'plivo' })).json.error.code).toBe('NO_CALLER_ID');
  });

  describe('that the carrier does not take', () => {
    const failure = {
      httpStatus: 400,
      code: '21211',
      message: 'Plivo: place a call: HTTP 400: bad number',
      retryAfterMs: null,
      timedOut: false,
      isOwn: false,
    } as const;
    const refuse = (reason: Extract<Placement, { kind: 'refused' }>['failure']['reason'], more: object = {}): void => {
      gateway.world.carriers.placement = { kind: 'refused', failure: { ...failure, reason, ...more } };
    };

    it.each([
      ['rejected', 422, 'CARRIER_REJECTED'],
      ['forbidden', 422, 'CARRIER_REJECTED'],
      ['payment', 422, 'CARRIER_REJECTED'],
      ['not_found', 422, 'CARRIER_REJECTED'],
      ['unauthorized', 502, 'CARRIER_UNAUTHORIZED'],
      ['rate_limited', 429, 'CARRIER_RATE_LIMITED'],
      ['unavailable', 503, 'CARRIER_UNAVAILABLE'],
      ['not_configured', 422, 'PROVIDER_NOT_SUPPORTED'],
    ] as const)('(%s) answers %d %s with the carrier’s reason, and has failed', async (reason, status, code) => {
      await connect('plivo');
      refuse(reason);
      const answer = await start({ provider: 'plivo' });
      expect([answer.status, answer.json.error.code]).toEqual([status, code]);
      expect(answer.json.error.message).toMatch(/^Plivo .*bad number\)\.$/);
      const [call] = gateway.world.calls.rows;
      expect(gateway.world.calls.known(call?.id ?? '')).toMatchObject({
        status: 'failed',
        errorMessage: failure.message,
      });
    });

    it('for now says when it may', async () => {
      await connect('plivo');
      refuse('rate_limited', { retryAfterMs: 7_000 });
      expect((await start({ provider: 'plivo' })).headers['retry-after']).toBe('7');
    });

    it('perhaps, stays pending, is not repeated, and is answered as any other', async () => {
      await connect('plivo');
      gateway.world.carriers.placement = { kind: 'unknown', failure: { ...failure, reason: 'unavailable' } };
      const answer = await start({ provider: 'plivo' });
      expect([answer.status, answer.json.data]).toMatchObject([201, { status: 'pending' }]);
      expect(gateway.world.carriers.orders).toHaveLength(1);
      expect([...gateway.world.calls.handovers.values()]).toEqual([{ kind: 'unknown', reason: failure.message }]);
    });
  });

  it('writes no number, token or secret to the log', async () => {
    for (const name of CARRIER_NAMES) {
      await connect(name);
      await start({ provider: name });
    }
    const tokens = gateway.world.carriers.orders.map(({ answerUrl }) => answerUrl.split('/')[6] ?? '?');
    expect(tokens).toHaveLength(CARRIER_NAMES.length);
    const log = gateway.log.join('');
    expect(log).toContain('a call was handed over to its carrier');
    for (const hidden of [TO.slice(1), NUMBER.slice(1), 'canary', ...tokens]) expect(log).not.toContain(hidden);
  });
});
