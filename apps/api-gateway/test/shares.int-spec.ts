import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { PartnerId } from '@dialtone/domain';
import { type Stores } from '@dialtone/persistence';
import { createTestDatabase, type TestDatabase } from '@dialtone/persistence/testing';
import { openStoredGateway } from './stored-gateway';

const CONNECTIONS = '/api/v2/telephony/connections';
const AGENTS = '/api/v2/agent';
/** Waits for the lock of the partner, and for nothing outside. */
const anAgent = () => ({ agent_name: randomUUID() });

interface Party {
  readonly partnerId: PartnerId;
  readonly apiKey: string;
}

interface Timed {
  readonly status: number;
  readonly tookMs: number;
  readonly retryAfter: unknown;
  readonly message: string;
}

const longest = (answers: readonly Timed[]): number => Math.max(...answers.map(({ tookMs }) => tookMs));
const shortest = (answers: readonly Timed[]): number => Math.min(...answers.map(({ tookMs }) => tookMs));

describe('the database of one partner and of another, on PostgreSQL', () => {
  let database: TestDatabase;
  let app: NestFastifyApplication;
  let stores: Stores;
  let greedy: Party;
  let neighbour: Party;

  const addParty = async (name: string): Promise<Party> => {
    const { id: partnerId } = await stores.partners.create(name);
    return { partnerId, apiKey: (await stores.apiKeys.issue(partnerId, 'test')).apiKey };
  };
  const send = async (
    { apiKey }: Party,
    method: 'GET' | 'POST' | 'DELETE',
    payload?: object,
    url = CONNECTIONS,
  ): Promise<Timed> => {
    const began = performance.now();
    const { statusCode, headers, body } = await app.inject({
      method,
      url,
      headers: { authorization: `Bearer ${apiKey}` },
      ...(payload !== undefined && { payload }),
    });
    const { error } = JSON.parse(body) as { readonly error?: { readonly message: string } };
    const message = error?.message ?? '';
    return { status: statusCode, tookMs: performance.now() - began, retryAfter: headers['retry-after'], message };
  };
  /** Runs `work` while another transaction keeps the row of the partner. */
  const whileLocked = async (
    { partnerId }: Party,
    lock: 'partners' | 'request_windows',
    work: () => Promise<void>,
  ): Promise<void> => {
    const holder = (await database.connect(1)).createQueryRunner();
    await holder.startTransaction();
    // Otherwise the lock ends after 10 s, and its waiters take about that long.
    await holder.query('set local idle_in_transaction_session_timeout = 0');
    await holder.query(
      lock === 'partners'
        ? 'select 1 from partners where id = $1 for update'
        : 'select 1 from request_windows where api_key_id in (select id::text from api_keys where partner_id::text = $1) for update',
      [partnerId],
    );
    try {
      await work();
    } finally {
      await holder.rollbackTransaction();
      await holder.release();
    }
  };

  beforeAll(async () => {
    database = await createTestDatabase();
    ({ app, stores } = await openStoredGateway(database, { RATE_LIMIT_PER_MINUTE: '100000' }));
    [greedy, neighbour] = [await addParty('Greedy'), await addParty('Neighbour')];
    // Their keys are cached and counted from here on.
    for (const party of [greedy, neighbour]) await send(party, 'GET');
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  it.each(['partners', 'request_windows'] as const)(
    'requests that wait for a lock of one partner, in %s, leave connections for another',
    async (lock) => {
      await whileLocked(greedy, lock, async () => {
        const greed = Array.from({ length: 30 }, () => send(greedy, 'POST', anAgent(), AGENTS));
        await sleep(300);
        const served: Timed[] = [];
        while (served.length < 5) served.push(await send(neighbour, 'GET'));
        const answers = await Promise.all(greed);
        expect(new Set(served.map(({ status }) => status))).toEqual(new Set([200]));
        // Whoever waits for a connection gets it when the first of them gives up its lock.
        expect(longest(served)).toBeLessThan(shortest(answers) / 2);
        expect(new Set(answers.map(({ status, retryAfter }) => `${String(status)} ${String(retryAfter)}`))).toEqual(
          new Set(['503 2']),
        );
        expect(answers.some(({ message }) => message.startsWith('Another request keeps'))).toBe(true);
      });
      expect(await send(greedy, 'POST', anAgent(), AGENTS)).toMatchObject({ status: 201, message: '' });
    },
  );

  it('more requests at once than a partner may have waiting are refused at once', async () => {
    await whileLocked(greedy, 'partners', async () => {
      const answers = await Promise.all(Array.from({ length: 300 }, () => send(greedy, 'POST', anAgent(), AGENTS)));
      const refused = answers.filter(({ message }) => message.startsWith('Too many requests of this partner'));
      expect(refused.length).toBeGreaterThanOrEqual(90);
      expect(shortest(refused)).toBeLessThan(shortest(answers.filter((answer) => !refused.includes(answer))));
    });
  });

  it('what a partner deletes meanwhile is neither refused nor kept waiting by what it creates', async () => {
    const { agents } = stores;
    const agent = await agents.create(greedy.partnerId, 'To be deleted');
    if (agent === 'name_taken') throw new Error('The name is new.');
    await whileLocked(greedy, 'partners', async () => {
      const greed = Array.from({ length: 300 }, () => send(greedy, 'POST', anAgent(), AGENTS));
      await sleep(300);
      const deleted = await send(greedy, 'DELETE', undefined, `/api/v2/agent/${agent.id}`);
      expect(deleted.status).toBe(200);
      // Those that wait for the lock give up after 2 s, and others would take their places for as long as there are any.
      expect(deleted.tookMs).toBeLessThan(6_000);
      await Promise.all(greed);
    });
  });
});
