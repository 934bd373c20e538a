import { setTimeout } from 'node:timers/promises';
import type { DidKey } from '@dialtone/domain';
import { type Body as FaultBody } from '../../apps/voicelink-simulator/src/world/fields';
import { worldOf, type Records } from './documented-world';
import { GatewayOnSimulator, type Answer, type Ask, type Tenant } from './gateway-on-simulator';

const START = '/api/v2/calls/start';
const FROM = '918011223344' as DidKey;
const TO = '+919876543210';
const UUID = expect.stringMatching(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as string;

interface StoredCall {
  readonly id: string;
  readonly status: string;
  readonly handover: string;
  readonly carrier_id: string | null;
}

describe('calls on the simulator', () => {
  let gateway: GatewayOnSimulator;
  let tenant: Tenant;
  let tenants = 0;
  beforeAll(async () => {
    gateway = await GatewayOnSimulator.start();
  });
  afterAll(() => gateway.close());
  beforeEach(async () => {
    gateway.simulator.simulator.reset({});
    await gateway.forgetRequests();
    load({});
    tenants += 1;
    tenant = await gateway.addTenant(`Caller ${String(tenants)}`);
    await importNumber();
  });

  const load = (records: Records) => {
    gateway.simulator.simulator.world = worldOf(records);
  };
  const fault = (body: FaultBody) => {
    expect(gateway.simulator.simulator.faults.add({ times: 1, ...body })).not.toHaveProperty('errors');
  };
  const importNumber = async (connectionId = tenant.connectionId) => {
    const { partnerId, agentId } = tenant;
    const number = { partnerId, connectionId, key: FROM, agentId };
    await gateway.stores.phoneNumbers.import({ ...number, friendlyName: FROM });
    await gateway.stores.phoneNumbers.assignAgent(number);
  };
  const start = (body: object = {}, how: Ask = {}): Promise<Answer> =>
    gateway.ask('POST', START, {
      apiKey: tenant.apiKey,
      body: { agent_id: tenant.agentId, to_number: TO, provider: 'voicelink', ...body },
      ...how,
    });
  const summary = ({ status, json }: Answer) => [status, json.success ? 'ok' : json.error.code];
  const stored = async (): Promise<readonly StoredCall[]> =>
    gateway.source.query<StoredCall[]>(
      'select id, status, handover, carrier_id from calls where partner_id = $1 order by created_at',
      [tenant.partnerId],
    );
  const leads = () => gateway.simulator.simulator.journal.entries.filter(({ endpoint }) => endpoint === 'leads.add');

  describe('as documented', () => {
    it('are started through the partner’s one connection', async () => {
      const answer = await start();
      expect([answer.status, answer.json]).toEqual([
        201,
        {
          success: true,
          data: {
            call_id: UUID,
            session_id: UUID,
            status: 'pending',
            provider: 'voicelink',
            connection_id: tenant.connectionId,
            from_number: '+918011223344',
            to_number: TO,
            agent_id: tenant.agentId,
          },
        },
      ]);
    });

    it('need the connection among several', async () => {
      const second = await gateway.addConnection(tenant.partnerId);
      const answer = await start();
      expect([answer.status, answer.json.error]).toMatchObject([
        400,
        {
          code: 'CONNECTION_AMBIGUOUS',
          message: 'connection_id is required because this partner has multiple active voicelink connections.',
        },
      ]);
      expect((await start({ connection_id: tenant.connectionId })).status).toBe(201);
      expect(summary(await start({ connection_id: second }))).toEqual([409, 'NO_CALLER_ID']);
    });

    it('tell the same of other carriers', async () => {
      for (const name of ['Plivo India - Sales', 'Plivo India - Support']) {
        const body = { provider: 'plivo', name, auth_id: 'MA1', auth_token: 'token', from_number: `+${FROM}` };
        const created = await gateway.ask('POST', '/api/v2/telephony/connections', { apiKey: tenant.apiKey, body });
        expect(created.status).toBe(201);
      }
      expect((await start({ provider: 'plivo' })).json).toMatchObject({
        success: false,
        error: {
          code: 'CONNECTION_AMBIGUOUS',
          message: 'connection_id is required because this partner has multiple active plivo connections.',
        },
      });
    });
  });

  it('are recorded, and handed over in digits with what the agent must know', async () => {
    const { json } = await start({ variables: { customer_name: 'Größe' } });
    const { call_id, session_id } = json.data;
    expect(await stored()).toEqual([{ id: call_id, status: 'pending', handover: 'accepted', carrier_id: '4401' }]);
    const [lead, ...more] = leads();
    expect([lead?.http_status, more]).toEqual([200, []]);
    const { custom_parameters, ...numbers } = lead?.body as Readonly<Record<string, string>>;
    expect(numbers).toEqual({ did_number: FROM, customer_number: '919876543210' });
    expect(JSON.parse(String(custom_parameters))).toEqual({
      call_id,
      session_id,
      agent_id: tenant.agentId,
      variables: { customer_name: 'Größe' },
    });
  });

  it('fail when VoiceLink refuses them, with its reason', async () => {
    load({ routings: [] });
    const answer = await start();
    expect(summary(answer)).toEqual([422, 'VOICELINK_VALIDATION']);
    expect(answer.json.error.message).toContain('The outbound routing of this DID is not an active WebSocket bot.');
    expect(await stored()).toMatchObject([{ status: 'failed', handover: 'refused' }]);
  });

  it.each([
    { kind: { kind: 'rate_limit', retry_after: 7 }, want: [429, 'VOICELINK_RATE_LIMITED'] },
    { kind: { kind: 'status_false', message: 'No.' }, want: [422, 'VOICELINK_VALIDATION'] },
  ])('were not placed after $kind.kind', async ({ kind, want }) => {
    fault({ endpoint: 'leads.add', ...kind });
    const answer = await start();
    expect(summary(answer)).toEqual(want);
    if (kind.kind === 'rate_limit') expect(answer.headers['retry-after']).toBe('7');
    expect(await stored()).toMatchObject([{ status: 'failed', handover: 'refused' }]);
  });

  it.each([
    { kind: { kind: 'timeout_after' }, placed: 1 },
    { kind: { kind: 'timeout_after', ms: 0 }, placed: 1 },
    { kind: { kind: 'timeout_before' }, placed: 0 },
    { kind: { kind: 'status', status: 502 }, placed: 0 },
    { kind: { kind: 'html' }, placed: 0 },
  ])('may have been placed after $kind: this is said, and nobody is called twice', async ({ kind, placed }) => {
    fault({ endpoint: 'leads.add', ...kind });
    const how = { headers: { 'idempotency-key': `once ${kind.kind}`.replace(' ', '-') } };
    const answer = await start({}, how);
    expect(summary(answer)).toEqual([504, 'VOICELINK_OUTCOME_UNKNOWN']);
    const [call, ...others] = await stored();
    expect([call, others]).toMatchObject([{ status: 'pending', handover: 'unknown', carrier_id: null }, []]);
    expect(answer.json.error.message).toContain(`call ${String(call?.id)} stays pending`);
    expect((await start({}, how)).json).toEqual(answer.json);
    expect(leads()).toHaveLength(1);
    expect(gateway.simulator.simulator.world.leads).toBe(placed);
  });

  it('are placed after a token that had been revoked, once', async () => {
    await start();
    fault({ endpoint: 'leads.add', kind: 'token_revoked' });
    expect((await start()).status).toBe(201);
    expect(gateway.simulator.simulator.world.leads).toBe(2);
  });

  it('cannot be started any more from the moment in which their connection is disconnected, by any gateway', async () => {
    const second = await gateway.another();
    try {
      for (const app of [gateway.app, second]) expect((await start({}, { app })).status).toBe(201);
      const path = `/api/v2/telephony/connections/${tenant.connectionId}`;
      expect((await gateway.ask('DELETE', path, { apiKey: tenant.apiKey })).status).toBe(200);
      for (const app of [second, gateway.app]) {
        expect(summary(await start({}, { app }))).toEqual([404, 'CONNECTION_NOT_FOUND']);
        const named = await start({ connection_id: tenant.connectionId }, { app });
        expect(summary(named)).toEqual([404, 'CONNECTION_NOT_FOUND']);
      }
      expect([(await stored()).length, gateway.simulator.simulator.world.leads]).toEqual([2, 2]);
    } finally {
      await second.close();
    }
  });

  it('are not sent any more when their connection is disconnected while VoiceLink is slow to let us in', async () => {
    fault({ endpoint: 'login', kind: 'latency', ms: 400 });
    const started = start();
    while ((await stored()).length === 0) await setTimeout(5);
    const path = `/api/v2/telephony/connections/${tenant.connectionId}`;
    expect((await gateway.ask('DELETE', path, { apiKey: tenant.apiKey })).status).toBe(200);
    const answer = await started;
    expect(summary(answer)).toEqual([503, 'VOICELINK_UNAVAILABLE']);
    expect(answer.json.error.message).toContain('not sent, the connection has been disconnected');
    expect([leads().length, await stored()]).toEqual([0, [expect.objectContaining({ status: 'failed' })]]);
  });

  it('go on to their end when their connection gets other credentials meanwhile', async () => {
    fault({ endpoint: 'leads.add', kind: 'latency', ms: 400 });
    const started = start();
    while (!gateway.simulator.simulator.calls.has('leads.add')) await setTimeout(5);
    const { baseUrl, credentials } = (await gateway.stores.connections.access(tenant.connectionId)) ?? {};
    if (baseUrl === undefined || credentials === undefined) throw new Error('the connection is active');
    const access = { baseUrl, credentials: { ...credentials, password: 'another' } };
    await gateway.stores.connections.replaceAccess(tenant.partnerId, tenant.connectionId, access);
    expect(summary(await start())).toEqual([502, 'VOICELINK_UNAUTHORIZED']);
    expect((await started).status).toBe(201);
    expect((await stored()).map(({ status }) => status)).toEqual(['pending', 'failed']);
  });

  it('are started once for many requests with one idempotency key', async () => {
    const how = { headers: { 'idempotency-key': 'all-at-once' } };
    const answers = await Promise.all(Array.from({ length: 5 }, () => start({}, how)));
    const started = answers.filter(({ status }) => status === 201).map(({ json }) => json.data['call_id']);
    expect(new Set(started).size).toBe(1);
    expect([(await stored()).length, leads().length]).toEqual([1, 1]);
  });

  it('are limited to ten requests a minute', async () => {
    const statuses: number[] = [];
    for (let nth = 0; nth < 11; nth += 1) statuses.push((await start({ to_number: '911' })).status);
    expect(statuses).toEqual([...Array<number>(10).fill(400), 429]);
  });
});
