import { randomUUID } from 'node:crypto';
import { TestGateway } from './gateway';

const PATH = '/api/v2/agent';

type Json = Readonly<Record<string, unknown>>;

describe('agents', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start();
  });
  beforeEach(() => {
    gateway.reset();
  });
  afterAll(() => gateway.close());

  const create = (body: Json) => gateway.ask('POST', PATH, { body });
  const idOf = async (agent_name: string): Promise<string> =>
    String(((await create({ agent_name })).json.data as Json)['id']);

  it('keeps what is documented about an agent', async () => {
    const body = {
      agent_name: 'Support',
      prompt: 'You answer calls.\nBe kind.',
      voice_id: 'v-1',
      language: 'en-IN',
      agent_type: 'inbound',
      project_id: 'p-1',
    };
    const created = await create(body);
    const { agent_name, ...rest } = body;
    const expected = {
      id: (created.json.data as Json)['id'],
      agent_name,
      ...rest,
      status: 'active',
      created_at: '2026-06-09T10:35:00.000Z',
      updated_at: '2026-06-09T10:35:00.000Z',
    };
    expect([created.status, created.json.data]).toEqual([201, expected]);
    expect((await gateway.ask('GET', `${PATH}/${String(expected.id)}`)).json.data).toEqual(expected);
    expect((await create({ agent_name: 'Bare' })).json.data).toMatchObject({ prompt: null, agent_type: null });
  });

  it('takes a prompt of the greatest length in any script, and no longer one', async () => {
    expect((await create({ agent_name: 'Long', prompt: 'ह'.repeat(120_000) })).status).toBe(201);
    const longer = await create({ agent_name: 'Longer', prompt: 'x'.repeat(120_001) });
    expect([longer.status, longer.json.error.details?.[0]?.field]).toEqual([400, 'prompt']);
    expect((await create({ agent_name: 'Longest', prompt: 'x'.repeat(1_100_000) })).status).toBe(413);
  });

  it('lists the newest first, without prompts', async () => {
    for (let nth = 1; nth <= 11; nth += 1) await create({ agent_name: `Agent ${String(nth)}`, prompt: 'long' });
    const { data } = (await gateway.ask('GET', PATH)).json as { data: { agents: Json[]; total: number } };
    expect(data).toMatchObject({ total: 12, limit: 10, offset: 0 });
    expect(data.agents.map((agent) => agent['agent_name'])).toEqual(
      Array.from({ length: 10 }, (_, nth) => `Agent ${String(11 - nth)}`),
    );
    expect(data.agents.some((agent) => 'prompt' in agent)).toBe(false);
    const rest = (await gateway.ask('GET', `${PATH}?limit=10&offset=10`)).json as { data: { agents: Json[] } };
    expect(rest.data.agents.map((agent) => agent['agent_name'])).toEqual(['Agent 1', 'Sales Agent']);
    for (const query of ['limit=0', 'limit=101', 'offset=-1', 'page=1']) {
      expect((await gateway.ask('GET', `${PATH}?${query}`)).json.error.code).toBe('VALIDATION_ERROR');
    }
  });

  it('has a name only once per partner, until its agent is deleted', async () => {
    const id = await idOf('Support');
    for (const agent_name of ['Support', 'support', ' Support ', 'Sup\u200bport', 'Ｓupport']) {
      const taken = await create({ agent_name });
      expect([agent_name, taken.status, taken.json.error.code]).toEqual([agent_name, 409, 'AGENT_NAME_TAKEN']);
    }
    const other = gateway.world.addTenant();
    const theirs = await gateway.ask('POST', PATH, { body: { agent_name: 'Support' }, apiKey: other.apiKey });
    expect(theirs.status).toBe(201);
    expect((await gateway.ask('DELETE', `${PATH}/${id}`)).json.data).toEqual({ id, deleted: true });
    expect((await create({ agent_name: 'Support' })).status).toBe(201);
  });

  it('keeps the name as it was sent, which must show something', async () => {
    expect((await create({ agent_name: ' Sales  Агент ' })).json.data).toMatchObject({ agent_name: ' Sales  Агент ' });
    const unseen = await create({ agent_name: '\u200b\u2060' });
    expect([unseen.status, unseen.json.error.message]).toEqual([
      400,
      'agent_name must have characters that can be seen.',
    ]);
  });

  it('is gone once it is deleted, and a foreign one never was there', async () => {
    const id = await idOf('Support');
    await gateway.ask('DELETE', `${PATH}/${id}`);
    for (const method of ['GET', 'DELETE'] as const) {
      const missing = await gateway.ask(method, `${PATH}/${randomUUID()}`);
      expect([missing.status, missing.json.error.code]).toEqual([404, 'AGENT_NOT_FOUND']);
      for (const gone of [id, gateway.world.addTenant().agentId]) {
        expect((await gateway.ask(method, `${PATH}/${gone}`)).text).toBe(missing.text);
      }
      expect((await gateway.ask(method, `${PATH}/me`)).status).toBe(400);
    }
  });

  it.each<[string, Json]>([
    ['agent_name', {}],
    ['agent_name', { agent_name: null }],
    ['agent_name', { agent_name: ' ' }],
    ['agent_name', { agent_name: 'x'.repeat(51) }],
    ['agent_name', { agent_name: 'a\nb' }],
    ['agent_name', { agent_name: 7 }],
    ['agent_name', { agent_name: 'Sales\u202e' }],
    ['agent_name', { agent_name: '\u2066Sales' }],
    ['agent_name', { agent_name: 'Sales\u2028agent' }],
    ['agent_name', { agent_name: 'Sales\u200f' }],
    ['prompt', { agent_name: 'x', prompt: 7 }],
    ['prompt', { agent_name: 'x', prompt: 'a\u0000b' }],
    ['voice_id', { agent_name: 'x', voice_id: '' }],
    ['language', { agent_name: 'x', language: 'x'.repeat(51) }],
    ['agent_type', { agent_name: 'x', agent_type: 'both' }],
    ['project_id', { agent_name: 'x', project_id: 7 }],
    ['temperature', { agent_name: 'x', temperature: 1 }],
  ])('refuses %s in %j', async (field, body) => {
    const answer = await create(body);
    expect([answer.status, answer.json.error.details?.map((detail) => detail.field)]).toEqual([400, [field]]);
  });
});
