import { randomUUID } from 'node:crypto';
import type { ConnectionId, DidKey } from '@dialtone/domain';
import { TestGateway } from './gateway';

const PATH = '/api/v2/phone-numbers';
const NUMBER = '+918011223344';
const KEY = '918011223344' as DidKey;

type Json = Readonly<Record<string, unknown>>;

describe('phone numbers', () => {
  let gateway: TestGateway;
  let vobiz: ConnectionId;
  beforeAll(async () => {
    gateway = await TestGateway.start();
  });
  beforeEach(() => {
    gateway.reset();
    vobiz = gateway.world.addConnection(gateway.tenant.partnerId, { provider: 'vobiz', name: 'Vobiz' });
  });
  afterAll(() => gateway.close());

  const add = (phoneNumber = NUMBER, connectionId: ConnectionId = gateway.tenant.connectionId) =>
    gateway.world.telephony.addNumber(gateway.tenant.partnerId, connectionId, {
      key: phoneNumber.slice(1) as DidKey,
      phoneNumber,
    });
  const list = async (query = '') => {
    const answer = await gateway.ask('GET', `${PATH}${query}`);
    expect([query, answer.status]).toEqual([query, 200]);
    return answer.json.data as { phone_numbers: readonly Json[]; total: number; limit: number; offset: number };
  };
  const numbersOf = async (query: string) => (await list(query)).phone_numbers.map((row) => row['phone_number']);
  const put = (id: string, body: Json) => gateway.ask('PUT', `${PATH}/${id}`, { body });
  const sync = (body: Json) => gateway.ask('POST', `${PATH}/sync`, { body });
  const codeOf = ({ status, json }: Awaited<ReturnType<typeof put>>) => [status, json.error.code];

  it('shows a number with the documented fields first', async () => {
    const { id } = add();
    const expected = {
      id,
      phone_number: NUMBER,
      provider: 'VOICELINK',
      friendly_name: null,
      status: 'ACTIVE',
      is_default: false,
      agent: null,
      inbound_enabled: false,
      connection_id: gateway.tenant.connectionId,
      created_at: '2026-06-09T10:35:00.000Z',
      updated_at: '2026-06-09T10:35:00.000Z',
    };
    const one = await gateway.ask('GET', `${PATH}/${id}`);
    expect(one.text).toBe(JSON.stringify({ success: true, data: expected }));
    expect(await list()).toEqual({ phone_numbers: [expected], total: 1, limit: 10, offset: 0 });
  });

  it('shows last that it lost its inbound calls, until its partner says whether it takes any', async () => {
    const row = add();
    row.inboundEnabled = true;
    await gateway.world.telephony.inventory.release(KEY);
    const { data } = (await gateway.ask('GET', `${PATH}/${row.id}`)).json;
    expect(Object.keys(data).at(-1)).toBe('advisories');
    expect(data).toMatchObject({ inbound_enabled: false, advisories: [{ code: 'INBOUND_LOST' }] });
    expect((await put(row.id, { friendly_name: 'x' })).json.data).toHaveProperty('advisories');
    expect((await put(row.id, { inbound_enabled: false })).json.data).not.toHaveProperty('advisories');
  });

  it('lists the newest first, a part at a time', async () => {
    for (let nth = 0; nth < 12; nth += 1) add(`+9180112233${String(10 + nth)}`);
    const first = await list();
    expect([first.phone_numbers.length, first.total, first.phone_numbers[0]?.['phone_number']]).toEqual([
      10,
      12,
      '+918011223321',
    ]);
    expect((await list('?limit=5&offset=10')).phone_numbers).toHaveLength(2);
    expect(await list('?limit=100&offset=50')).toMatchObject({ phone_numbers: [], total: 12, limit: 100, offset: 50 });
  });

  it('filters', async () => {
    const { agentId } = gateway.tenant;
    const mine = add();
    await put(mine.id, { agent_id: agentId, inbound_enabled: true });
    const other = add('+918011223345', vobiz);
    await put(other.id, { status: 'INACTIVE' });
    const expected: readonly (readonly [string, readonly string[]])[] = [
      ['?provider=VOBIZ', ['+918011223345']],
      ['?provider=voicelink', [NUMBER]],
      [`?connection_id=${vobiz}`, ['+918011223345']],
      [`?connectionId=${gateway.tenant.connectionId}`, [NUMBER]],
      ['?status=INACTIVE', ['+918011223345']],
      ['?status=ACTIVE', [NUMBER]],
      [`?agent_id=${agentId}`, [NUMBER]],
      [`?agent_id=${randomUUID()}`, []],
      ['?assigned=true', [NUMBER]],
      ['?assigned=false', ['+918011223345']],
      ['?inbound_enabled=true', [NUMBER]],
      ['?inbound_enabled=false', ['+918011223345']],
      ['?phone_number=080112%2023344', [NUMBER]],
      ['?phone_number=%2B918011223345', ['+918011223345']],
    ];
    for (const [query, numbers] of expected) expect([query, await numbersOf(query)]).toEqual([query, numbers]);
  });

  it.each([
    ['?limit=0', 'limit'],
    ['?limit=101', 'limit'],
    ['?limit=1e1', 'limit'],
    ['?offset=-1', 'offset'],
    ['?offset=1.5', 'offset'],
    ['?status=active', 'status'],
    ['?provider=nobody', 'provider'],
    ['?agent_id=me', 'agent_id'],
    ['?assigned=1', 'assigned'],
    ['?inbound_enabled=TRUE', 'inbound_enabled'],
    ['?phone_number=----', 'phone_number'],
    ['?phone_number=abc', 'phone_number'],
    ['?connection_id=main', 'connection_id'],
    ['?search=x', 'search'],
    ['?limit=1&limit=2', 'limit'],
  ])('refuses the query %s', async (query, field) => {
    const answer = await gateway.ask('GET', `${PATH}${query}`);
    expect([answer.status, answer.json.error.details?.map((detail) => detail.field)]).toEqual([400, [field]]);
  });

  it('assigns and clears an agent, in either way, and leaves the rest alone', async () => {
    const { agentId } = gateway.tenant;
    const { id } = add();
    const named = await put(id, { friendly_name: 'Support line' });
    expect(named.json.data).toMatchObject({ friendly_name: 'Support line', agent: null });
    const agent = { id: agentId, name: 'Sales Agent' };
    for (const cleared of [null, '']) {
      const assigned = await put(id, { agent_id: agentId.toUpperCase() });
      expect(assigned.json.data).toMatchObject({ agent, friendly_name: 'Support line', status: 'ACTIVE' });
      expect((await put(id, { status: 'ACTIVE' })).json.data).toMatchObject({ agent });
      expect((await put(id, { agent_id: cleared })).json.data).toMatchObject({ agent: null });
    }
    for (const cleared of [null, '']) {
      expect((await put(id, { friendly_name: 'x' })).json.data).toMatchObject({ friendly_name: 'x' });
      expect((await put(id, { friendly_name: cleared })).json.data).toMatchObject({ friendly_name: null });
    }
    expect((await put(id, { status: null, inbound_enabled: null })).status).toBe(200);
    expect((await put(id, {})).status).toBe(200);
    expect((await gateway.ask('PUT', `${PATH}/${id}`)).status).toBe(400);
  });

  it.each<[string, Json]>([
    ['agent_id', { agent_id: 'me' }],
    ['agent_id', { agent_id: 7 }],
    ['agent_id', { agent_id: [] }],
    ['friendly_name', { friendly_name: ' ' }],
    ['friendly_name', { friendly_name: 'x'.repeat(201) }],
    ['friendly_name', { friendly_name: 7 }],
    ['status', { status: 'active' }],
    ['status', { status: 1 }],
    ['inbound_enabled', { inbound_enabled: 'true' }],
    ['inbound_enabled', { inbound_enabled: 1 }],
    ['phone_number', { phone_number: NUMBER }],
  ])('refuses %s in %j', async (field, body) => {
    const answer = await put(add().id, body);
    expect([answer.status, answer.json.error.details?.map((detail) => detail.field)]).toEqual([400, [field]]);
  });

  it('knows nothing of foreign numbers, agents and connections', async () => {
    const stranger = gateway.world.addTenant();
    const foreign = gateway.world.telephony.addNumber(stranger.partnerId, stranger.connectionId, {
      key: KEY,
      phoneNumber: NUMBER,
    });
    for (const method of ['GET', 'PUT'] as const) {
      const ask = (id: string) => gateway.ask(method, `${PATH}/${id}`, method === 'PUT' ? { body: {} } : {});
      const answer = await ask(foreign.id);
      expect(codeOf(answer)).toEqual([404, 'NOT_FOUND']);
      expect(answer.text).toBe((await ask(randomUUID())).text);
      expect((await ask('one')).status).toBe(400);
    }
    expect((await list()).total).toBe(0);
    const { id } = add();
    expect(codeOf(await put(id, { agent_id: stranger.agentId }))).toEqual([404, 'AGENT_NOT_FOUND']);
    expect(codeOf(await put(id, { agent_id: randomUUID() }))).toEqual([404, 'AGENT_NOT_FOUND']);
    const theirs = await gateway.ask('GET', `${PATH}?connection_id=${stranger.connectionId}`);
    expect(codeOf(theirs)).toEqual([404, 'CONNECTION_NOT_FOUND']);
  });

  it('answers the inbound calls of a number on one connection, and does not say whose it is', async () => {
    const stranger = gateway.world.addTenant();
    const theirs = gateway.world.telephony.addNumber(stranger.partnerId, stranger.connectionId, {
      key: KEY,
      phoneNumber: NUMBER,
    });
    theirs.inboundEnabled = true;
    const { id } = add();
    for (const answer of [
      await put(id, { inbound_enabled: true }),
      await sync({ provider: 'VOBIZ', numbers: [NUMBER] }),
    ]) {
      expect(codeOf(answer)).toEqual([409, 'INBOUND_CONFLICT']);
      expect(answer.json.error.message).toContain(NUMBER);
      expect(answer.text).not.toContain(stranger.connectionId);
    }
    expect((await put(id, { status: 'ACTIVE', inbound_enabled: false })).status).toBe(200);
  });

  it('lets the same request with the same idempotency key succeed once the number is free', async () => {
    const taker = add(NUMBER, vobiz);
    taker.inboundEnabled = true;
    const { id } = add();
    const again = () =>
      gateway.ask('PUT', `${PATH}/${id}`, { body: { inbound_enabled: true }, headers: { 'idempotency-key': 'again' } });
    expect(codeOf(await again())).toEqual([409, 'INBOUND_CONFLICT']);
    await put(taker.id, { inbound_enabled: false });
    expect((await again()).json.data).toMatchObject({ id, inbound_enabled: true });
  });

  it('does not activate a number of a disconnected connection', async () => {
    const { id } = add();
    await gateway.ask('DELETE', `/api/v2/telephony/connections/${gateway.tenant.connectionId}`);
    for (const body of [{ status: 'ACTIVE' }, { inbound_enabled: true }]) {
      expect(codeOf(await put(id, body))).toEqual([409, 'CONNECTION_DISCONNECTED']);
    }
    expect((await put(id, { friendly_name: 'Old line', agent_id: null })).status).toBe(200);
  });

  describe('synced', () => {
    it('are added or enabled, each once', async () => {
      add('+918011223345', vobiz);
      const numbers = [NUMBER, '+918011223345', NUMBER];
      const answer = await sync({ provider: 'VOBIZ', connection_id: vobiz, numbers });
      expect([answer.status, answer.json.data]).toEqual([
        200,
        expect.objectContaining({ synced: 2, created: 1 }) as unknown,
      ]);
      const { phone_numbers } = answer.json.data as { phone_numbers: readonly Json[] };
      expect(phone_numbers).toMatchObject(
        numbers.slice(0, 2).map(() => ({ inbound_enabled: true, provider: 'VOBIZ' })),
      );
      const again = await sync({ provider: 'vobiz', numbers });
      expect(again.json.data).toMatchObject({ synced: 2, created: 0 });
    });

    it('leave out what another connection has, as it was sent, and say so only then', async () => {
      const stranger = gateway.world.addTenant();
      const theirs = { key: KEY, phoneNumber: NUMBER };
      gateway.world.telephony.addNumber(stranger.partnerId, stranger.connectionId, theirs).inboundEnabled = true;
      const answer = await sync({ provider: 'VOBIZ', numbers: ['+9108011223344', '+918011223345'] });
      expect(answer.json.data).toMatchObject({
        synced: 1,
        created: 1,
        phone_numbers: [{ phone_number: '+918011223345' }],
        refused: [{ phone_number: '+9108011223344', code: 'INBOUND_CONFLICT' }],
      });
      const again = await sync({ provider: 'VOBIZ', numbers: ['+918011223345'] });
      expect(Object.keys(again.json.data)).toEqual(['synced', 'created', 'phone_numbers']);
    });

    it('are no more than the partner may have; a default number counts too, and the same request succeeds later', async () => {
      gateway.world.quotas.phone_numbers = 1;
      const headers = { 'idempotency-key': 'again' };
      const body = { provider: 'VOBIZ', numbers: [NUMBER, '+918011223345'] };
      const request = () => gateway.ask('POST', `${PATH}/sync`, { body, headers });
      const refused = await request();
      expect(codeOf(refused)).toEqual([409, 'NUMBER_LIMIT_REACHED']);
      expect(refused.json.error.message).toContain('may have 1 phone numbers');
      expect((await sync({ provider: 'VOBIZ', numbers: [NUMBER] })).status).toBe(200);
      const plivo = { account_sid: 'MA1', auth_token: 'secret', from_number: '+918011223346' };
      const configured = await gateway.ask('PUT', '/api/v2/config/telephony/plivo', { body: plivo });
      expect(codeOf(configured)).toEqual([409, 'NUMBER_LIMIT_REACHED']);
      gateway.world.quotas.phone_numbers = 2;
      expect((await request()).status).toBe(200);
    });

    it('need to be told which connection when there are several', async () => {
      gateway.world.addConnection(gateway.tenant.partnerId, { provider: 'vobiz' });
      const answer = await sync({ provider: 'VOBIZ', numbers: [NUMBER] });
      expect(codeOf(answer)).toEqual([400, 'CONNECTION_AMBIGUOUS']);
      expect(answer.json.error.message).toBe(
        'connection_id is required because this partner has multiple active vobiz connections.',
      );
    });

    it('need an active connection of that provider', async () => {
      expect(codeOf(await sync({ provider: 'PLIVO', numbers: [NUMBER] }))).toEqual([404, 'CONNECTION_NOT_FOUND']);
      const wrong = await sync({ provider: 'PLIVO', connection_id: vobiz, numbers: [NUMBER] });
      const unknown = await sync({ provider: 'PLIVO', connection_id: randomUUID(), numbers: [NUMBER] });
      expect(codeOf(wrong)).toEqual([404, 'CONNECTION_NOT_FOUND']);
      expect(wrong.text).toBe(unknown.text);
    });

    it.each<[string, Json]>([
      ['provider', { provider: 'VOICELINK', numbers: [NUMBER] }],
      ['provider', { provider: 'Vobiz', numbers: [NUMBER] }],
      ['provider', { numbers: [NUMBER] }],
      ['numbers', { provider: 'MCUBE', numbers: null }],
      ['numbers', { provider: 'VOBIZ', numbers: [] }],
      ['numbers', { provider: 'VOBIZ', numbers: NUMBER }],
      ['numbers', { provider: 'VOBIZ', numbers: [NUMBER, '08011223344'] }],
      ['numbers', { provider: 'VOBIZ', numbers: [918011223344] }],
      ['numbers', { provider: 'VOBIZ', numbers: [null] }],
      ['numbers', { provider: 'VOBIZ', numbers: Array.from({ length: 1001 }, () => NUMBER) }],
      ['dids', { provider: 'VOBIZ', numbers: [NUMBER], dids: [] }],
    ])('refuse a wrong %s', async (field, body) => {
      const answer = await sync(body);
      expect([answer.status, answer.json.error.details?.map((detail) => detail.field)]).toEqual([400, [field]]);
    });
  });
});
