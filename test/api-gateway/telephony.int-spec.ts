import { randomBytes, randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { ConnectionId, PartnerId } from '@dialtone/domain';
import { createStores, TELEPHONY_PROVIDERS, type Stores, type TelephonyProvider } from '@dialtone/persistence';
import {
  createLogger,
  createRegistry,
  gatewayConfig,
  pepperedDigest,
  secretSealer,
  type GatewayConfig,
} from '@dialtone/platform';
import { createTestDatabase, type TestDatabase } from '@dialtone/persistence/testing';
import { LoopbackServer } from '@dialtone/testing';
import { createGateway } from '../../apps/api-gateway/src/create-gateway';
import { StoresModule } from '../../apps/api-gateway/src/outside/stores.module';
import { startSimulator, type RunningSimulator } from '../../apps/voicelink-simulator/src/start-simulator';

const CONNECTIONS = '/api/v2/telephony/connections';
const NUMBERS = '/api/v2/phone-numbers';

type Json = Readonly<Record<string, unknown>>;

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly data: Json;
  readonly code: string | undefined;
}

interface Tenant {
  readonly partnerId: PartnerId;
  readonly apiKey: string;
}

let database: TestDatabase;
let source: Awaited<ReturnType<TestDatabase['connect']>>;
let simulator: RunningSimulator;
/** Stands in for Plivo and Vobiz. */
let carrier: LoopbackServer;
let carrierStatus = 200;
let config: GatewayConfig;
let stores: Stores;
let app: NestFastifyApplication;
let registry: ReturnType<typeof createRegistry>;
let tenant: Tenant;
const log: string[] = [];

const addTenant = async (): Promise<Tenant> => {
  const { id } = await stores.partners.create(`Partner ${randomUUID()}`);
  return { partnerId: id, apiKey: (await stores.apiKeys.issue(id, 'test')).apiKey };
};

beforeAll(async () => {
  carrier = await LoopbackServer.start(() => ({ status: carrierStatus, json: {} }));
  [database, simulator] = await Promise.all([createTestDatabase(), startSimulator({ dids: 5 })]);
  config = gatewayConfig({
    DATABASE_URL: database.url,
    API_KEY_PEPPER: randomBytes(32).toString('base64'),
    CREDENTIALS_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    VOICELINK_BASE_URL_ALLOWLIST: `${simulator.url},http://127.0.0.1:1`,
    VOICELINK_TIMEOUT_MS: '2000',
    RATE_LIMIT_PER_MINUTE: '0',
    CARRIER_BASE_URLS: `plivo=${carrier.url},vobiz=${carrier.url}`,
    CARRIER_PRIVATE_NETWORKS: '127.0.0.0/8',
  });
  source = await database.connect(4);
  stores = createStores(source, {
    secretBox: secretSealer(config.credentialsKeys),
    hmac: (secret) => pepperedDigest(config.apiKeyPepper, secret),
  });
  const destination = { write: (line: string) => void log.push(line) };
  const logger = createLogger({ name: 'test', level: 'trace', destination });
  registry = createRegistry();
  app = await createGateway(StoresModule.over(config, logger, registry), { logger, registry });
  await app.init();
});
afterAll(async () => {
  await app.close();
  await simulator.stop();
  await carrier.stop();
  await database.drop();
});
/** The time that VoiceLink asked for has passed. */
const forgetRequests = () => source.query('delete from gcra');
beforeEach(async () => {
  tenant = await addTenant();
  simulator.simulator.reset({});
  carrierStatus = 200;
  await forgetRequests();
});

const ask = async (
  method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE',
  url: string,
  { body, apiKey = tenant.apiKey, headers = {} }: { body?: Json; apiKey?: string; headers?: Json } = {},
): Promise<Answer> => {
  const response = await app.inject({
    method,
    url,
    headers: { authorization: `Bearer ${apiKey}`, ...headers },
    ...(body !== undefined && { payload: body }),
  });
  const json = JSON.parse(response.body) as { data: Json; error?: { code: string } };
  return { status: response.statusCode, text: response.body, data: json.data, code: json.error?.code };
};

const connectionOf = ({ data }: Answer): Json & { id: ConnectionId; phone_numbers: readonly Json[] } =>
  data['connection'] as Json & { id: ConnectionId; phone_numbers: readonly Json[] };

const connect = (body: Json) => ask('POST', CONNECTIONS, { body: { name: 'Main', ...body } });
const voicelink = (overrides: Json = {}) => connect({ provider: 'voicelink', ...simulator.credentials, ...overrides });
const listed = async (): Promise<readonly Json[]> => (await ask('GET', CONNECTIONS)).data['connections'] as Json[];
const logins = (): number => simulator.simulator.calls.get('login') ?? 0;

/** Replaces the two kinds of values that differ from call to call with placeholders. */
const generalised = (text: string): string =>
  text
    .replace(/"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"/g, '"<uuid>"')
    .replace(/"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"/g, '"<time>"');
const documented = (example: Json): string => generalised(JSON.stringify(example));

describe('the documented examples of telephony connections', () => {
  const NUMBER = {
    id: 'f1a2c3d4-1111-2222-3333-444455556666',
    phone_number: '+918011223344',
    friendly_name: null,
    status: 'ACTIVE',
    is_default: true,
    inbound_enabled: false,
    agent: null,
  };
  const HEAD = {
    id: '9b7f1c44-c87f-4f0c-9124-3c802a9c1a20',
    connection_id: '9b7f1c44-c87f-4f0c-9124-3c802a9c1a20',
    provider: 'plivo',
    provider_key: 'PLIVO',
    name: 'Plivo India - Sales',
    status: 'ACTIVE',
    is_default: true,
  };
  const BODY = {
    provider: 'plivo',
    name: 'Plivo India - Sales',
    auth_id: 'MAxxxxxxxxxxxxxxxxxx',
    auth_token: 'your_plivo_auth_token',
    from_number: '+918011223344',
  };
  const TIMES = { created_at: '2026-06-09T08:00:00.000Z', updated_at: '2026-06-09T08:00:00.000Z' };

  it('are answered field by field, in the same order', async () => {
    const created = await ask('POST', CONNECTIONS, { body: BODY });
    expect(generalised(created.text)).toBe(
      documented({ success: true, data: { connection: { ...HEAD, phone_numbers: [NUMBER], ...TIMES } } }),
    );
    const { id, connection_id: sameId } = connectionOf(created);
    expect(sameId).toBe(id);
    const list = await ask('GET', `${CONNECTIONS}?provider=plivo`);
    const verified = { last_verified_at: '2026-06-09T08:00:00.000Z', last_error_message: null };
    expect(generalised(list.text)).toBe(
      documented({ success: true, data: { connections: [{ ...HEAD, ...verified, phone_numbers: [NUMBER] }] } }),
    );
    const renamed = await ask('PATCH', `${CONNECTIONS}/${id}`, { body: { name: 'Plivo India - Support' } });
    expect(generalised(renamed.text)).toBe(
      documented({
        success: true,
        data: { connection: { ...HEAD, name: 'Plivo India - Support', phone_numbers: [NUMBER], ...TIMES } },
      }),
    );
    const gone = await ask('DELETE', `${CONNECTIONS}/${id}`);
    expect(gone.status).toBe(200);
    expect(connectionOf(gone)).toMatchObject({ id, status: 'DISCONNECTED', is_default: false });
    expect((await ask('GET', `${CONNECTIONS}?provider=plivo`)).text).toBe('{"success":true,"data":{"connections":[]}}');
  });

  it('sync the numbers of the named connection, and ask for it when there are several', async () => {
    const vobiz = { provider: 'vobiz', auth_id: 'VO', auth_token: 't', from_number: '+918011223344' };
    const first = connectionOf(await connect(vobiz));
    await connect({ ...vobiz, name: 'Second' });
    const body = { provider: 'VOBIZ', numbers: ['+918011223344', '+918011223345'] };
    const ambiguous = await ask('POST', `${NUMBERS}/sync`, { body });
    expect(JSON.parse(ambiguous.text)).toMatchObject({
      success: false,
      error: {
        code: 'CONNECTION_AMBIGUOUS',
        message: 'connection_id is required because this partner has multiple active vobiz connections.',
      },
    });
    const synced = await ask('POST', `${NUMBERS}/sync`, { body: { ...body, connection_id: first.id } });
    expect(synced.data).toMatchObject({
      synced: 2,
      created: 1,
      phone_numbers: [
        { phone_number: '+918011223344', is_default: true, inbound_enabled: true, connection_id: first.id },
        { phone_number: '+918011223345', is_default: false, inbound_enabled: true, connection_id: first.id },
      ],
    });
    await ask('DELETE', `${CONNECTIONS}/${first.id}`);
  });
});

describe('a VoiceLink connection', () => {
  it('is verified by a login, and its number is the default one for outbound calls', async () => {
    const created = await voicelink({ did_number: '+918011223399' });
    expect([created.status, logins()]).toEqual([201, 1]);
    expect(connectionOf(created).phone_numbers).toMatchObject([
      { phone_number: '+918011223399', is_default: true, inbound_enabled: false },
    ]);
    expect(await listed()).toMatchObject([
      { provider: 'voicelink', last_verified_at: expect.any(String) as string, last_error_message: null },
    ]);
    const clients = await ask('GET', '/api/v2/voicelink/clients');
    expect(clients.status).toBe(200);
    await ask('DELETE', `${CONNECTIONS}/${connectionOf(created).id}`);
    expect((await ask('GET', '/api/v2/voicelink/clients')).code).toBe('CONNECTION_NOT_FOUND');
  });

  it('is not stored with a wrong password, and keeps the right one it has', async () => {
    const refused = await voicelink({ password: 'wrong' });
    expect([refused.status, refused.code]).toEqual([400, 'CREDENTIALS_REFUSED']);
    expect(await listed()).toEqual([]);
    const { id } = connectionOf(await voicelink());
    const body = { username: simulator.credentials.username, password: 'wrong' };
    const config = await ask('PUT', '/api/v2/config/telephony/voicelink', { body });
    expect([config.status, config.code]).toEqual([400, 'CREDENTIALS_REFUSED']);
    expect((await stores.connections.access(id))?.credentials).toEqual(simulator.credentials);
    expect((await ask('GET', '/api/v2/voicelink/clients')).status).toBe(200);
  });

  it.each([
    ['answers HTTP 503', { endpoint: 'login', kind: 'status', status: 503 }, 'HTTP 503'],
    ['limits the rate', { endpoint: 'login', kind: 'rate_limit', retry_after: 5 }, 'HTTP 429'],
    ['answers a page', { endpoint: 'login', kind: 'html' }, 'HTTP'],
    ['does not answer in time', { endpoint: 'login', kind: 'latency', ms: 4000 }, 'no answer'],
  ])('is stored with the reason while VoiceLink %s', async (_case, fault, reason) => {
    simulator.simulator.faults.add(fault);
    const created = await voicelink();
    expect(created.status).toBe(201);
    expect(await listed()).toMatchObject([
      { last_verified_at: null, last_error_message: expect.stringContaining(reason) as string },
    ]);
    simulator.simulator.faults.clear();
    await forgetRequests();
    const again = await ask('PUT', '/api/v2/config/telephony/voicelink', { body: { ...simulator.credentials } });
    expect(connectionOf(again).id).toBe(connectionOf(created).id);
    expect(await listed()).toMatchObject([
      { last_verified_at: expect.any(String) as string, last_error_message: null },
    ]);
  });

  it('is stored with the reason while nobody listens there, and calls no address that is not allowed', async () => {
    expect((await voicelink({ base_url: 'http://127.0.0.1:1/' })).status).toBe(201);
    expect(await listed()).toMatchObject([{ last_error_message: expect.stringContaining('no answer') as string }]);
    const elsewhere = simulator.url.replace('127.0.0.1', 'localhost');
    for (const base_url of [elsewhere, `${simulator.url}/other`, 'http://169.254.169.254/latest']) {
      expect((await voicelink({ base_url })).code).toBe('VALIDATION_ERROR');
    }
    expect(logins()).toBe(0);
  });

  it('is created once by a request that is repeated with its key', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const body = { provider: 'voicelink', name: 'Once', ...simulator.credentials };
    const answers = [];
    for (let nth = 0; nth < 3; nth += 1) answers.push(await ask('POST', CONNECTIONS, { body, headers }));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect([(await listed()).length, logins()]).toEqual([1, 1]);
  });
});

describe('a connection of another carrier', () => {
  const plivo = { provider: 'plivo', auth_id: 'MA1', auth_token: 't' };

  it('is not stored when the carrier refuses the credentials, and keeps those that it has', async () => {
    carrierStatus = 401;
    const refused = await connect(plivo);
    expect([refused.status, refused.code, await listed()]).toEqual([400, 'CREDENTIALS_REFUSED', []]);
    carrierStatus = 200;
    const { id } = connectionOf(await connect(plivo));
    carrierStatus = 401;
    const body = { auth_id: 'MA1', auth_token: 'other', from_number: '+918011223344' };
    expect((await ask('PUT', '/api/v2/config/telephony/plivo', { body })).code).toBe('CREDENTIALS_REFUSED');
    expect(await listed()).toMatchObject([{ id, last_verified_at: expect.any(String) as string }]);
  });

  it('is stored while the carrier is away, and verified by a later look', async () => {
    carrierStatus = 503;
    const { id } = connectionOf(await connect(plivo));
    const message = 'Plivo could not verify the credentials (HTTP 503); they are tried again soon.';
    expect(await listed()).toMatchObject([{ last_verified_at: null, last_error_message: message }]);
    const due = async () => {
      await source.query(`update connections set check_due_at = now() - interval '1 second' where id = $1`, [id]);
      const check = await stores.carrierChecks.take();
      if (check?.id !== id) throw new Error('it was not due');
      return check;
    };
    const check = await due();
    expect([check.provider, check.credentials]).toEqual(['plivo', { auth_id: 'MA1', auth_token: 't' }]);
    expect(await stores.carrierChecks.note(check, { kind: 'verified' })).toBe(true);
    expect(await listed()).toMatchObject([
      { last_verified_at: expect.any(String) as string, last_error_message: null },
    ]);
    expect(await stores.carrierChecks.note(await due(), { kind: 'refused', message: 'no more' })).toBe(true);
    expect(await listed()).toMatchObject([
      { last_verified_at: expect.any(String) as string, last_error_message: 'no more' },
    ]);
    const late = await due();
    carrierStatus = 200;
    await ask('PUT', '/api/v2/config/telephony/plivo', {
      body: { auth_id: 'MA1', auth_token: 'new', from_number: '+918011223344' },
    });
    expect(await stores.carrierChecks.note(late, { kind: 'refused', message: 'the old ones' })).toBe(false);
    await ask('DELETE', `${CONNECTIONS}/${id}`);
    expect(await stores.carrierChecks.take()).toBeNull();
  });
});

describe('phone numbers', () => {
  const vobizNumber = async (owner: Tenant, number: string): Promise<string> => {
    const body = { provider: 'vobiz', name: 'x', auth_id: 'V', auth_token: 't', from_number: number };
    const created = await ask('POST', CONNECTIONS, { body, apiKey: owner.apiKey });
    return String(connectionOf(created).phone_numbers[0]?.['id']);
  };

  it('are answered on one connection of all partners: of two requests at once, one wins', async () => {
    for (let round = 0; round < 5; round += 1) {
      const number = `+9180112${String(20_000 + round)}`;
      const owners = [await addTenant(), await addTenant()];
      const ids = await Promise.all(owners.map((owner) => vobizNumber(owner, number)));
      const answers = await Promise.all(
        owners.map(({ apiKey }, nth) =>
          ask('PUT', `${NUMBERS}/${String(ids[nth])}`, { apiKey, body: { inbound_enabled: true } }),
        ),
      );
      expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
      expect(answers.find(({ status }) => status === 409)?.code).toBe('INBOUND_CONFLICT');
    }
  });

  it('make their binding due when their agent changes', async () => {
    const agent = await ask('POST', '/api/v2/agent', { body: { agent_name: 'Sales Agent' } });
    const agent_id = String(agent.data['id']);
    const created = connectionOf(await voicelink({ did_number: '+918011223355' }));
    const declared = await ask('PUT', '/api/v2/voicelink/bindings/918011223355', { body: { agent_id } });
    expect(declared.status).toBe(201);
    await source.query(`update bindings set due_at = now() + interval '1 hour' where connection_id = $1`, [created.id]);
    const id = String(created.phone_numbers[0]?.['id']);
    const assigned = await ask('PUT', `${NUMBERS}/${id}`, { body: { agent_id } });
    expect(assigned.data['agent']).toEqual({ id: agent_id, name: 'Sales Agent' });
    const [row] = await source.query<{ due: boolean }[]>(
      `select due_at <= now() as due from bindings where connection_id = $1`,
      [created.id],
    );
    expect(row).toEqual({ due: true });
    expect((await ask('DELETE', `/api/v2/agent/${agent_id}`)).status).toBe(200);
    expect((await ask('GET', `${NUMBERS}/${id}`)).data['agent']).toBeNull();
  });
});

describe('credentials', () => {
  const canary = `canary${randomBytes(12).toString('hex')}`;
  const secret = (name: string): string => `${canary}-${name}`;
  const E164 = '+918011223366';

  /** A canary in every field that is part of a login, of every provider. */
  const bodies: Readonly<Record<TelephonyProvider, Json>> = {
    twilio: { account_sid: secret('sid'), auth_token: secret('token'), from_number: E164 },
    exotel: {
      account_sid: secret('sid'),
      api_key: secret('key'),
      api_token: secret('token'),
      subdomain: 'api.exotel.com',
      applet_id: '1',
      caller_id: E164,
    },
    plivo: { auth_id: secret('id'), auth_token: secret('token'), from_number: E164 },
    vobiz: { auth_id: secret('id'), auth_token: secret('token'), from_number: E164 },
    tata_smartflo: { email: `${secret('mail')}@x.example`, password: secret('pw'), from_number: E164 },
    sip: { sip_host: 'sip.example.com', outbound_username: secret('user'), outbound_password: secret('pw') },
    voicelink: { username: secret('user'), password: secret('pw') },
    mcube: { jwt_token: secret('jwt'), exe_number: '8047112233' },
  };

  /** Everything that is in the database, as text. */
  const dump = async (): Promise<string> => {
    const tables = await source.query<{ name: string }[]>(
      `select table_name as name from information_schema.tables where table_schema = 'public'`,
    );
    const rows = await Promise.all(
      tables.map(({ name }) => source.query<{ row: string }[]>(`select t::text as row from ${name} t`)),
    );
    return rows
      .flat()
      .map(({ row }) => row)
      .join('\n');
  };

  it('are in no answer, no line of log, no metric and no column', async () => {
    const answers: Answer[] = [];
    // A VoiceLink that quotes what it was sent.
    const quoting = (status: number, times: number): void => {
      const message = `no such user ${secret('user')} with ${secret('pw')}`;
      simulator.simulator.faults.add({ endpoint: 'login', kind: 'status', status, message, times });
    };
    for (const provider of TELEPHONY_PROVIDERS) {
      const body = bodies[provider];
      const headers = { 'idempotency-key': randomUUID() };
      if (provider === 'voicelink') quoting(500, 2);
      answers.push(await ask('POST', CONNECTIONS, { body: { provider, name: 'Main', ...body }, headers }));
      answers.push(
        await ask('PUT', `/api/v2/config/telephony/${provider}`, {
          body,
          headers: { 'idempotency-key': randomUUID() },
        }),
      );
      answers.push(await ask('POST', CONNECTIONS, { body: { provider, name: '', ...body } }));
      answers.push(await ask('POST', CONNECTIONS, { body: { provider, name: 'x', ...body, [canary]: 1 } }));
    }
    quoting(422, 2);
    answers.push(await ask('POST', CONNECTIONS, { body: { provider: 'voicelink', name: 'x', ...bodies.voicelink } }));
    answers.push(await ask('GET', '/api/v2/voicelink/clients'));
    answers.push(await ask('GET', CONNECTIONS), await ask('GET', NUMBERS));
    const created = answers.filter(({ status }) => status === 201);
    expect(created).toHaveLength(TELEPHONY_PROVIDERS.length);
    for (const answer of created) answers.push(await ask('DELETE', `${CONNECTIONS}/${connectionOf(answer).id}`));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 201, 400, 502]));
    const metrics = await registry.metrics();
    // The name of an unknown field is the caller's own word, and is told back.
    const shown = answers.map(({ text }) =>
      text.replaceAll(`"${canary}"`, '').replaceAll(`${canary} is not known`, ''),
    );
    for (const text of [...shown, ...log, metrics]) expect(text).not.toContain(canary);
    expect(log.length).toBeGreaterThan(answers.length);
    const rows = await dump();
    expect(rows).toContain('DISCONNECTED');
    expect(rows).not.toContain(canary);
    // bytea is shown in hexadecimal.
    expect(rows).not.toContain(Buffer.from(canary).toString('hex'));
  });
});
