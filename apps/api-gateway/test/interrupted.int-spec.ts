import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { BindingStore, Stores } from '@dialtone/persistence';
import { createTestDatabase, type TestDatabase } from '@dialtone/persistence/testing';
import type { BulkAnswerDto } from '../src/bindings/bulk/bulk.dto';
import { BINDING_STORE } from '../src/outside/tokens';
import { openStoredGateway } from './stored-gateway';

const BINDINGS = '/api/v2/voicelink/bindings';
const MANY = 250;

interface Asked {
  readonly method: 'PUT' | 'POST' | 'DELETE';
  readonly url: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

describe('a request whose gateway ended after its work and before its answer', () => {
  let database: TestDatabase;
  let app: NestFastifyApplication;
  let stores: Stores;
  let query: (sql: string, parameters?: unknown[]) => Promise<unknown>;
  let apiKey: string;
  let agentId: string;
  let connectionId: string;
  let next = 0;

  beforeAll(async () => {
    database = await createTestDatabase();
    const limits = { RATE_LIMIT_PER_MINUTE: '0', RATE_LIMIT_DECLARATIONS_PER_MINUTE: '0' };
    ({ app, stores } = await openStoredGateway(database, limits));
    const other = await database.connect(1);
    query = (sql, parameters) => other.query(sql, parameters);
    const { id: partnerId } = await stores.partners.create('Acme');
    ({ apiKey } = await stores.apiKeys.issue(partnerId, 'interrupted'));
    const agent = await stores.agents.create(partnerId, 'Sales Agent');
    if (agent === 'name_taken') throw new Error('The database is not empty.');
    agentId = agent.id;
    const credentials = { username: 'reseller', password: 'secret' };
    const connection = { partnerId, name: 'Main', baseUrl: 'https://voicelink.example', credentials };
    connectionId = (await stores.connections.create(connection)).id;
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  const fresh = (): string => {
    next += 1;
    return `+9180${String(next).padStart(8, '0')}`;
  };
  const freshOnes = (size: number): string[] => Array.from({ length: size }, fresh);
  const urlOf = (number: string, query = ''): string => `${BINDINGS}/${encodeURIComponent(number)}${query}`;
  const itemsOf = (numbers: readonly string[], more: object = {}): object[] =>
    numbers.map((number) => ({ number, agent_id: agentId, ...more }));

  const ask = async ({ method, url, body, headers = {} }: Asked, key: string = randomUUID()) => {
    const sent = { authorization: `Bearer ${apiKey}`, 'idempotency-key': key, ...headers };
    const json = body === undefined ? {} : { payload: JSON.stringify(body) };
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const answer = await app.inject({ method, url, headers: { ...sent, ...type }, ...json });
    const { etag, location, 'idempotency-replayed': replayed } = answer.headers;
    return { told: [answer.statusCode, answer.body, etag, location] as const, replayed };
  };
  const declared = async (numbers: readonly string[], more: object = {}, batch: object = {}): Promise<void> => {
    const { told } = await ask({
      method: 'POST',
      url: `${BINDINGS}:batch`,
      body: { items: itemsOf(numbers, more), ...batch },
    });
    expect(told[0]).toBe(200);
  };
  const hashOf = async (body: object): Promise<string> => {
    const { told } = await ask({ method: 'POST', url: `${BINDINGS}:plan`, body });
    return (JSON.parse(told[1]) as { data: { hash: string } }).data.hash;
  };
  const changes = async (): Promise<unknown> => query('select count(*) from event_log');

  it.each<{ readonly name: string; readonly given: () => Promise<Asked> }>([
    {
      name: 'a declaration',
      given: () => Promise.resolve({ method: 'PUT', url: urlOf(fresh()), body: { agent_id: agentId } }),
    },
    {
      name: 'a declaration of what must not exist',
      given: () =>
        Promise.resolve({
          ...{ method: 'PUT', url: urlOf(fresh()), body: { agent_id: agentId } },
          headers: { 'if-none-match': '*' },
        }),
    },
    {
      name: 'a change of what is known',
      given: async () => {
        const number = fresh();
        await declared([number]);
        const body = { agent_id: agentId, mode: 'observe' };
        return { method: 'PUT', url: urlOf(number), body, headers: { 'if-match': '"1"' } };
      },
    },
    {
      name: 'a declaration as it was planned',
      given: async () => {
        const number = fresh();
        const item = { agent_id: agentId };
        const hash = await hashOf({ items: [{ number, ...item }] });
        return { method: 'PUT', url: urlOf(number, `?plan=${hash}`), body: item };
      },
    },
    {
      name: 'a withdrawal',
      given: async () => {
        const number = fresh();
        await declared([number]);
        return { method: 'DELETE', url: urlOf(number), headers: { 'if-match': '"1"' } };
      },
    },
    {
      name: 'a withdrawal from one connection',
      given: async () => {
        const number = fresh();
        await declared([number]);
        return { method: 'DELETE', url: urlOf(number, `?connection_id=${connectionId}`) };
      },
    },
    {
      name: 'a withdrawal that is released first',
      given: async () => {
        const number = fresh();
        await declared([number]);
        return { method: 'DELETE', url: urlOf(number, '?release=outbound_off'), headers: { 'if-match': '"1"' } };
      },
    },
    {
      name: 'many declarations, of which some are new, some are changed, and some are as they were',
      given: async () => {
        const [same, changed, created] = [freshOnes(3), freshOnes(3), freshOnes(MANY)];
        await declared([...same, ...changed]);
        const items = [...itemsOf([...same, ...created]), ...itemsOf(changed, { mode: 'observe' })];
        return { method: 'POST', url: `${BINDINGS}:batch`, body: { items } };
      },
    },
    {
      name: 'all of many declarations or none',
      given: async () => {
        const [same, changed, created] = [freshOnes(3), freshOnes(3), freshOnes(3)];
        await declared([...same, ...changed]);
        const items = [...itemsOf([...same, ...created]), ...itemsOf(changed, { labels: { team: 'sales' } })];
        return { method: 'POST', url: `${BINDINGS}:batch`, body: { items, atomic: true } };
      },
    },
    {
      name: 'many declarations as they were planned',
      given: async () => {
        const [same, created] = [freshOnes(3), freshOnes(3)];
        await declared(same);
        const body = { items: itemsOf([...same, ...created]) };
        return { method: 'POST', url: `${BINDINGS}:batch`, body: { ...body, plan: await hashOf(body) } };
      },
    },
    {
      name: 'what a manager names no more',
      given: async () => {
        const [kept, left] = [freshOnes(2), freshOnes(3)];
        const manager = `crm-${randomUUID()}`;
        await declared([...kept, ...left], {}, { manager });
        const body = { items: itemsOf(kept), manager, prune: true, max_prune_percent: 60 };
        return { method: 'POST', url: `${BINDINGS}:batch`, body };
      },
    },
    {
      name: 'withdrawals by number, of which one is not declared',
      given: async () => {
        const numbers = freshOnes(3);
        await declared(numbers);
        return { method: 'POST', url: `${BINDINGS}:delete`, body: { numbers: [...numbers, fresh()] } };
      },
    },
    {
      name: 'withdrawals by label',
      given: async () => {
        const team = `t-${String(next)}`;
        await declared(freshOnes(3), { labels: { team } });
        return { method: 'POST', url: `${BINDINGS}:delete`, body: { labels: `team=${team}`, release: 'outbound_off' } };
      },
    },
  ])('is answered when it is repeated as it would have been: $name', async ({ given }) => {
    const asked = await given();
    const key = randomUUID();
    const first = await ask(asked, key);
    expect(first.told[0]).toBeLessThan(300);
    const before = await changes();
    await query(
      `update idempotency_keys set status = null, headers = null, body = null, running_until = now() where key = $1`,
      [key],
    );
    const again = await ask(asked, key);
    expect([again.told, again.replayed]).toEqual([first.told, undefined]);
    expect(await changes()).toEqual(before);
    expect(await ask(asked, key)).toEqual({ ...again, replayed: 'true' });
  });

  it('goes on where many declarations were interrupted, and tells of all of them', async () => {
    const store = app.get<BindingStore>(BINDING_STORE);
    const body = { items: itemsOf(freshOnes(MANY)) };
    const key = randomUUID();
    const changeAll = store.changeAll.bind(store);
    const spy = jest
      .spyOn(store, 'changeAll')
      .mockImplementationOnce(changeAll)
      .mockRejectedValueOnce(new Error('ended'));
    expect((await ask({ method: 'POST', url: `${BINDINGS}:batch`, body }, key)).told[0]).toBe(500);
    spy.mockRestore();
    const { told } = await ask({ method: 'POST', url: `${BINDINGS}:batch`, body }, key);
    const { summary } = (JSON.parse(told[1]) as { data: BulkAnswerDto }).data;
    expect(summary).toMatchObject({ created: MANY, unchanged: 0 });
  });

  it('tells another request, or one with another key, what it finds', async () => {
    const number = fresh();
    const body = { agent_id: agentId };
    const key = randomUUID();
    await ask({ method: 'PUT', url: urlOf(number), body }, key);
    expect((await ask({ method: 'PUT', url: urlOf(number), body })).told[0]).toBe(200);
  });

  it('declares again what was withdrawn since', async () => {
    const asked = { method: 'PUT', url: urlOf(fresh()), body: { agent_id: agentId } } as const;
    const key = randomUUID();
    await ask(asked, key);
    await ask({ method: 'DELETE', url: asked.url });
    await query(
      `update idempotency_keys set status = null, headers = null, body = null, running_until = now() where key = $1`,
      [key],
    );
    const { told } = await ask(asked, key);
    expect([told[0], told[2]]).toEqual([201, '"2"']);
  });
});
