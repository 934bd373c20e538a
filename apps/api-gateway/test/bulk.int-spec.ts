import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { PartnerId } from '@dialtone/domain';
import type { Stores } from '@dialtone/persistence';
import { createTestDatabase, type TestDatabase } from '@dialtone/persistence/testing';
import { Client } from 'pg';
import type { BulkAnswerDto } from '../src/bindings/bulk/bulk.dto';
import { openStoredGateway } from './stored-gateway';

const BINDINGS = '/api/v2/voicelink/bindings';
const THOUSAND = 1_000;
const US_PER_MS = 1_000;
/** Of the cost of one: the time that a thousand may take. */
const MOST_TIMES = 20;
/** Of a plan, and of doing it, however many numbers it has. */
const MOST_STATEMENTS = 12;
const ROUNDS = 5;
const SINGLES = 25;

/** Of this process, ms: the gateway and, a small part, what the test asks it with. */
const cpuMs = async (work: () => Promise<unknown>): Promise<number> => {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / US_PER_MS;
};

describe('a thousand declarations in one request', () => {
  let database: TestDatabase;
  let app: NestFastifyApplication;
  let stores: Stores;
  let query: (sql: string) => Promise<unknown[]>;
  let partnerId: PartnerId;
  let apiKey: string;
  let agentId: string;
  let next = 0;

  beforeAll(async () => {
    database = await createTestDatabase();
    ({ app, stores } = await openStoredGateway(database, {
      RATE_LIMIT_PER_MINUTE: '0',
      RATE_LIMIT_DECLARATIONS_PER_MINUTE: '1000000',
    }));
    const other = await database.connect(1);
    query = (sql) => other.query(sql);
    partnerId = (await stores.partners.create('Acme')).id;
    ({ apiKey } = await stores.apiKeys.issue(partnerId, 'bulk'));
    const agent = await stores.agents.create(partnerId, 'Sales Agent');
    if (agent === 'name_taken') throw new Error('The database is not empty.');
    agentId = agent.id;
    const credentials = { username: 'reseller', password: 'secret' };
    await stores.connections.create({ partnerId, name: 'Main', baseUrl: 'https://voicelink.example', credentials });
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  const fresh = (): string => {
    next += 1;
    return `+9180${String(next).padStart(8, '0')}`;
  };
  const ask = async (method: 'POST' | 'PUT', url: string, payload: string) => {
    const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
    return app.inject({ method, url, headers, payload });
  };
  const bodyOf = (size: number): string =>
    JSON.stringify({
      items: Array.from({ length: size }, () => ({ number: fresh(), agent_id: agentId, labels: { team: 'sales' } })),
    });
  const batch = async (payload: string): Promise<BulkAnswerDto> => {
    const { statusCode, body } = await ask('POST', `${BINDINGS}:batch`, payload);
    expect(statusCode).toBe(200);
    return (JSON.parse(body) as { data: BulkAnswerDto }).data;
  };

  it('cost at most twenty times the CPU of one', async () => {
    let [one, all] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let round = 0; round < ROUNDS && !(all <= one * MOST_TIMES && round > 1); round += 1) {
      const urls = Array.from({ length: SINGLES }, () => `${BINDINGS}/${encodeURIComponent(fresh())}`);
      const put = async () => {
        for (const url of urls) await ask('PUT', url, JSON.stringify({ agent_id: agentId, labels: { team: 'sales' } }));
      };
      one = Math.min(one, (await cpuMs(put)) / SINGLES);
      const payload = bodyOf(THOUSAND);
      all = Math.min(all, await cpuMs(() => batch(payload)));
    }
    expect(all / one).toBeLessThanOrEqual(MOST_TIMES);
  });

  it('cost at most three statements for each hundred, those of the key and its limits included', async () => {
    const payload = bodyOf(THOUSAND);
    const sent = jest.spyOn(Client.prototype, 'query');
    await batch(payload);
    const statements = sent.mock.calls.length;
    sent.mockRestore();
    expect(statements).toBeGreaterThan(10);
    expect(statements).toBeLessThanOrEqual((3 * THOUSAND) / 100);
  });

  it('cost as few statements when they are planned, and when only what was planned is done', async () => {
    const payload = bodyOf(THOUSAND);
    const sent = jest.spyOn(Client.prototype, 'query');
    const { body } = await ask('POST', `${BINDINGS}:plan`, payload);
    const planning = sent.mock.calls.length;
    const { hash } = (JSON.parse(body) as { data: { hash: string } }).data;
    const answer = await batch(JSON.stringify({ ...(JSON.parse(payload) as object), plan: hash }));
    const applying = sent.mock.calls.length - planning;
    sent.mockRestore();
    expect(answer.summary.created).toBe(THOUSAND);
    expect([planning, applying].every((statements) => statements <= MOST_STATEMENTS)).toBe(true);
  });

  it('are work for the reconcilers while they are stored', async () => {
    const countOf = async (): Promise<number> => {
      const [row] = (await query('select count(*)::int as due from bindings where due_at <= now()')) as {
        due: number;
      }[];
      return row?.due ?? 0;
    };
    const before = await countOf();
    const stored = batch(bodyOf(THOUSAND));
    const at = { isOver: false };
    void stored.finally(() => {
      at.isOver = true;
    });
    const seen = new Set<number>();
    while (!at.isOver) seen.add((await countOf()) - before);
    expect((await stored).summary.created).toBe(THOUSAND);
    expect([...seen].filter((due) => due > 0 && due < THOUSAND).length).toBeGreaterThan(1);
    expect([...seen].every((due) => due % 100 === 0)).toBe(true);
  });
});
