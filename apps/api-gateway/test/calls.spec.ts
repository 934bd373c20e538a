import type { OpenAPIObject } from '@nestjs/swagger';
import type { CallOutcome } from '@dialtone/voicelink';
import type { StartedCallDto } from '../src/calls/calls.dto';
import { DocumentValidator } from './document-validator';
import { PUBLIC_BASE_URL, TestGateway } from './gateway';
import { KEY } from './observations';

const START = '/api/v2/calls/start';
const TO = '+919876543210';
const MISSING = '9b7f1c44-c87f-4f0c-9124-3c802a9c1a20';

describe('starting a call', () => {
  let gateway: TestGateway;
  let validator: DocumentValidator;
  beforeAll(async () => {
    gateway = await TestGateway.start();
    const document = await gateway.ask('GET', '/openapi.json', { apiKey: null });
    validator = new DocumentValidator(document.json as unknown as OpenAPIObject);
  });
  beforeEach(() => {
    gateway.reset();
    addNumber();
  });
  afterAll(() => gateway.close());

  const addNumber = () => {
    const { partnerId, connectionId, agentId } = gateway.tenant;
    const number = gateway.world.telephony.addNumber(partnerId, connectionId, { key: KEY, phoneNumber: `+${KEY}` });
    number.agent = { id: agentId, name: 'Sales Agent' };
    return number;
  };
  const start = async (body: object = {}, headers: Readonly<Record<string, string>> = {}) => {
    const valid = { agent_id: gateway.tenant.agentId, to_number: TO, provider: 'voicelink' };
    const answer = await gateway.ask('POST', START, { body: { ...valid, ...body }, headers });
    expect(validator.problems('post', START, answer.status, answer.json)).toEqual([]);
    return answer;
  };
  const errorOf = ({ status, json }: Awaited<ReturnType<typeof start>>) => [status, json.error.code] as const;
  const answerWith = (outcome: CallOutcome): void => {
    gateway.world.voicelink.answer = () => outcome;
  };
  const failure = { class: 'rejected', httpStatus: 422, message: 'HTTP 422: no', retryAfterMs: null } as const;

  it('asks VoiceLink for one call, and says which', async () => {
    const { connectionId, agentId } = gateway.tenant;
    const answer = await start({ variables: { customer_name: 'Asha', past: [{ due: 2 }, null] } });
    const data = answer.json.data as StartedCallDto;
    expect([answer.status, data]).toEqual([
      201,
      {
        call_id: gateway.world.calls.rows[0]?.id,
        session_id: gateway.world.calls.rows[0]?.sessionId,
        status: 'pending',
        provider: 'voicelink',
        connection_id: connectionId,
        from_number: `+${KEY}`,
        to_number: TO,
        agent_id: agentId,
      },
    ]);
    const { call_id, session_id } = data;
    expect(gateway.world.voicelink.calls).toEqual([
      {
        connectionId,
        method: 'POST',
        path: '/v1/add_lead',
        body: {
          from: KEY,
          to: '919876543210',
          parameters: {
            call_id,
            session_id,
            agent_id: agentId,
            variables: { customer_name: 'Asha', past: [{ due: 2 }, null] },
          },
          webhookUrl: expect.stringMatching(
            new RegExp(`^${PUBLIC_BASE_URL}/callbacks/voicelink/[\\w-]{36,}/status\\?call=${call_id}$`),
          ) as string,
        },
      },
    ]);
    expect([...gateway.world.calls.handovers.values()]).toEqual([{ kind: 'accepted', carrierId: '4401' }]);
  });

  it('asks VoiceLink without a place to tell how it goes where this deployment has none', async () => {
    gateway.world.publicBaseUrl = null;
    expect((await start()).status).toBe(201);
    expect(gateway.world.voicelink.calls[0]?.body).not.toHaveProperty('webhookUrl', expect.anything());
  });

  it('takes the older spelling of the connection, and no variables', async () => {
    const { partnerId, connectionId } = gateway.tenant;
    gateway.world.addConnection(partnerId);
    for (const selection of [
      { connectionId },
      { connection_id: connectionId },
      { connection_id: connectionId, variables: null },
    ]) {
      expect((await start(selection)).status).toBe(201);
    }
    expect(gateway.world.voicelink.calls[0]?.body).toMatchObject({ parameters: { variables: {} } });
  });

  it.each<{ name: string; body: object; field: string }>([
    { name: 'no agent', body: { agent_id: undefined }, field: 'agent_id' },
    { name: 'an agent that is no UUID', body: { agent_id: 'sales' }, field: 'agent_id' },
    { name: 'nobody to call', body: { to_number: undefined }, field: 'to_number' },
    { name: 'a national number', body: { to_number: '9876543210' }, field: 'to_number' },
    { name: 'a number as a JSON number', body: { to_number: 919876543210 }, field: 'to_number' },
    { name: 'a number with spaces', body: { to_number: '+91 9876543210' }, field: 'to_number' },
    { name: 'an unknown provider', body: { provider: 'VOICELINK' }, field: 'provider' },
    { name: 'a caller id per call', body: { from_number: '+918011223344' }, field: 'from_number' },
    { name: 'variables as a list', body: { variables: ['a'] }, field: 'variables' },
    { name: 'variables as a text', body: { variables: '{}' }, field: 'variables' },
    { name: 'a connection that is no UUID', body: { connection_id: '1' }, field: 'connection_id' },
  ])('refuses $name', async ({ body, field }) => {
    const answer = await start(body);
    expect(errorOf(answer)).toEqual([400, 'VALIDATION_ERROR']);
    expect(answer.json.error.details?.map((detail) => detail.field)).toEqual([field]);
    expect([gateway.world.calls.rows, gateway.world.voicelink.calls]).toEqual([[], []]);
  });

  describe('through a connection', () => {
    it('that must be named when there are several', async () => {
      gateway.world.addConnection(gateway.tenant.partnerId);
      const answer = await start();
      expect(errorOf(answer)).toEqual([400, 'CONNECTION_AMBIGUOUS']);
      expect(answer.json.error.message).toBe(
        'connection_id is required because this partner has multiple active voicelink connections.',
      );
    });

    it('that is gone at once when it is disconnected', async () => {
      const { partnerId, connectionId } = gateway.tenant;
      await gateway.world.telephony.connections.disconnect(partnerId, connectionId);
      expect(errorOf(await start())).toEqual([404, 'CONNECTION_NOT_FOUND']);
      expect(errorOf(await start({ connection_id: connectionId }))).toEqual([404, 'CONNECTION_NOT_FOUND']);
    });

    it('that cannot be opened', async () => {
      gateway.world.voicelink.closed.add(gateway.tenant.connectionId);
      expect(errorOf(await start())).toEqual([503, 'VOICELINK_UNAVAILABLE']);
      expect(gateway.world.calls.rows).toEqual([]);
    });

    it('of the partner, not of another', async () => {
      const other = gateway.world.addTenant();
      const foreign = await start({ connection_id: other.connectionId });
      const missing = await start({ connection_id: MISSING });
      expect([foreign.status, foreign.json]).toEqual([404, missing.json]);
    });
  });

  it('needs an agent of the partner', async () => {
    const other = gateway.world.addTenant();
    const foreign = await start({ agent_id: other.agentId });
    expect(errorOf(foreign)).toEqual([404, 'AGENT_NOT_FOUND']);
    expect(foreign.json).toEqual((await start({ agent_id: MISSING })).json);
  });

  it('needs a caller id, and says how to get one', async () => {
    const [number] = gateway.world.telephony.numbers;
    Object.assign(number ?? {}, { agent: null });
    const answer = await start({}, { 'idempotency-key': 'again' });
    expect(errorOf(answer)).toEqual([409, 'NO_CALLER_ID']);
    expect(answer.json.error.message).toContain('PUT /api/v2/phone-numbers/{id}');
    Object.assign(number ?? {}, { isDefault: true });
    expect((await start({}, { 'idempotency-key': 'again' })).status).toBe(201);
  });

  it('goes nowhere that the partner may not call, and says why', async () => {
    gateway.world.calls.refusal = { kind: 'destination_refused', why: 'country' };
    const answer = await start({ to_number: '+12125550123' });
    expect(errorOf(answer)).toEqual([403, 'DESTINATION_NOT_ALLOWED']);
    expect(answer.json.error.details?.map(({ field }) => field)).toEqual(['to_number']);
    expect(gateway.world.calls.limits).toEqual({
      homeCallingCode: '91',
      perDay: 0,
      atOnce: { connection: 0, partner: 0 },
    });
    gateway.world.calls.refusal = { kind: 'too_many_calls', atMost: 5, resetMs: 60_000 };
    const tooMany = await start({}, { 'idempotency-key': 'later' });
    expect([...errorOf(tooMany), tooMany.headers['retry-after']]).toEqual([429, 'CALL_LIMIT_REACHED', '60']);
    expect(tooMany.json.error.message).toContain('5 calls a day');
    expect(gateway.world.voicelink.calls).toEqual([]);
    gateway.world.calls.refusal = null;
    expect((await start({}, { 'idempotency-key': 'later' })).status).toBe(201);
  });

  it('fails when VoiceLink refuses, in the words of the input', async () => {
    answerWith({ kind: 'refused', failure, fields: { customer_number: ['is invalid'] } });
    const answer = await start();
    expect(errorOf(answer)).toEqual([422, 'VOICELINK_VALIDATION']);
    expect(answer.json.error.details).toEqual([{ field: 'to_number', message: 'is invalid' }]);
    expect([...gateway.world.calls.handovers.values()]).toEqual([{ kind: 'refused', reason: 'HTTP 422: no' }]);
  });

  it('is not repeated when nobody knows whether it was placed, and says so', async () => {
    const unknown = { ...failure, class: 'unavailable', message: 'time-out' } as const;
    answerWith({ kind: 'unknown', failure: unknown, fields: {} });
    const first = await start({}, { 'idempotency-key': 'once' });
    expect(errorOf(first)).toEqual([504, 'VOICELINK_OUTCOME_UNKNOWN']);
    const [call] = gateway.world.calls.rows;
    expect(first.json.error.message).toContain(`call ${String(call?.id)} stays pending`);
    expect([...gateway.world.calls.handovers.values()]).toEqual([{ kind: 'unknown', reason: 'time-out' }]);
    const second = await start({}, { 'idempotency-key': 'once' });
    expect([second.status, second.json]).toEqual([504, first.json]);
    expect(gateway.world.voicelink.calls).toHaveLength(1);
  });

  it('is answered as it went also when that cannot be noted', async () => {
    gateway.world.calls.failure = new Error('the database is away');
    expect((await start()).status).toBe(201);
    expect(gateway.log.join('')).toContain('how a call was handed over was not noted');
  });

  it('is not placed when another process has taken the request over, and is recorded as such', async () => {
    jest.spyOn(gateway.world.idempotency, 'commit').mockResolvedValueOnce(false);
    const answer = await start({}, { 'idempotency-key': 'taken-over' });
    jest.restoreAllMocks();
    const { calls, voicelink } = gateway.world;
    expect([...errorOf(answer), voicelink.calls]).toEqual([409, 'IDEMPOTENCY_IN_PROGRESS', []]);
    expect([...calls.handovers]).toEqual([
      [calls.rows[0]?.id, { kind: 'refused', reason: 'not sent: the request was taken over' }],
    ]);
  });

  it('happens once for a request that is repeated with its idempotency key', async () => {
    const [first, second] = [
      await start({}, { 'idempotency-key': 'once' }),
      await start({}, { 'idempotency-key': 'once' }),
    ];
    expect([second.status, second.json]).toEqual([201, first.json]);
    expect(gateway.world.voicelink.calls).toHaveLength(1);
  });

  it('has a limit of its own', async () => {
    Object.assign(gateway.world.requestsPerMinute, { general: 3, calls: 2 });
    const statuses: number[] = [];
    for (let nth = 0; nth < 3; nth += 1) statuses.push((await start()).status);
    expect(statuses).toEqual([201, 201, 429]);
    const refused = await start();
    expect(refused.json.error.message).toMatch(/^This API key may send 2 requests to \/api\/v2\/calls a minute/);
    const others = await gateway.ask('GET', '/api/v2/voicelink/bindings');
    expect([others.status, others.headers['ratelimit-remaining']]).toEqual([200, '2']);
    expect((await gateway.ask('POST', '/api/v2/%63alls/start', { body: {} })).status).toBe(429);
  });

  it('takes variables of some depth, but not of any', async () => {
    const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);
    expect((await start({ variables: { a: nested(30) } })).status).toBe(201);
    const answer = await start({ variables: { a: nested(31) } });
    expect(errorOf(answer)).toEqual([400, 'VALIDATION_ERROR']);
    expect(answer.json.error.message).toBe('The body must not be nested more than 32 levels deep.');
  });

  it('writes nobody’s number to the log', async () => {
    await start();
    expect(gateway.log.join('')).toContain('a call was handed over to its carrier');
    expect(gateway.log.join('')).not.toMatch(/9876543210|8011223344/);
  });
});
