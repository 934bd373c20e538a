import type { DidKey, Issue, Labels, ReadinessState } from '@dialtone/domain';
import { useGateway } from './gateway';
import { NOW, readyObservation } from './observations';

const READINESS = '/api/v2/voicelink/readiness';
const BINDINGS = '/api/v2/voicelink/bindings';
/** Longer than what is written in one go. */
const MANY = 25;

interface Listed {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly total: number;
  readonly next: string | null;
}

describe('the lists of numbers', () => {
  const gateway = useGateway();
  const keyOf = (nth: number): string => String(918_000_000_000 + nth);
  const see = (nth: number, issues: readonly Issue[] = [], ageSeconds = 12): void => {
    const { partnerId, connectionId, agentId } = gateway.tenant;
    const key = keyOf(nth) as DidKey;
    gateway.world.store(partnerId, {
      connectionId,
      key,
      state: issues[0] ?? 'READY',
      issues,
      actionItems: [],
      stale: false,
      observedAt: new Date(NOW.getTime() - ageSeconds * 1_000),
      ageSeconds,
      observation: readyObservation(key, agentId),
      drift: null,
      declared: false,
      advisories: [],
    });
  };
  const declare = async (
    nth: number,
    more: { labels?: Labels; mode?: string; manager?: string } = {},
  ): Promise<void> => {
    const body = { agent_id: gateway.tenant.agentId, ...more };
    expect((await gateway.ask('PUT', `${BINDINGS}/${keyOf(nth)}`, { body })).status).toBe(201);
  };
  const list = async (path: string): Promise<Listed> => {
    const { status, json } = await gateway.ask('GET', path);
    expect(status).toBe(200);
    const data = json.data as Readonly<Record<string, unknown>>;
    const rows = (data['numbers'] ?? data['readiness'] ?? data['bindings']) as Listed['rows'];
    return { rows, total: Number(data['total']), next: data['next_cursor'] as string | null };
  };
  const keys = ({ rows }: Listed): readonly unknown[] => rows.map(({ key }) => key);

  it('show compact rows that tell of the declaration, on both', async () => {
    see(1, ['NO_BOT', 'ROUTING_MISSING']);
    see(2);
    await declare(1, { labels: { team: 'sales' }, manager: 'crm', mode: 'observe' });
    const undeclared = {
      key: keyOf(2),
      connection_id: gateway.tenant.connectionId,
      declared: false,
      state: 'READY',
      issues: [],
      stale: false,
      observed_at: new Date(NOW.getTime() - 12_000).toISOString(),
      since: expect.stringMatching(/Z$/) as string,
      declaration: null,
    };
    const declared = {
      ...undeclared,
      ...{ key: keyOf(1), declared: true, state: 'NO_BOT', issues: ['NO_BOT', 'ROUTING_MISSING'] },
      declaration: {
        ...{ agent_id: gateway.tenant.agentId, mode: 'observe', manager: 'crm', labels: { team: 'sales' } },
        outcome: 'pending',
      },
    };
    expect(await list(`${READINESS}?fields=compact`)).toEqual({ rows: [declared, undeclared], total: 2, next: null });
    expect(await list(`${BINDINGS}?fields=compact`)).toEqual({ rows: [declared], total: 1, next: null });
  });

  it('give a thousand compact rows a page, and a hundred of the others', async () => {
    for (let nth = 0; nth < 1_001; nth += 1) see(nth);
    const page = await list(`${READINESS}?fields=compact&limit=1000`);
    expect([page.rows.length, page.total]).toEqual([1_000, 1_001]);
    const rest = await list(`${READINESS}?fields=compact&limit=1000&cursor=${String(page.next)}`);
    expect([keys(rest), rest.total, rest.next]).toEqual([[keyOf(1_000)], 1_001, null]);
    for (const path of [READINESS, BINDINGS]) {
      expect((await list(`${path}?limit=100`)).rows.length).toBeLessThanOrEqual(100);
      const { status, json } = await gateway.ask('GET', `${path}?limit=101`);
      expect([status, json.error.details?.[0]?.field]).toEqual([400, 'limit']);
      expect(json.error.message).toContain('fields=compact');
    }
  });

  it('write long pages of whole rows as short ones', async () => {
    for (let nth = 0; nth < MANY; nth += 1) {
      see(nth);
      await declare(nth);
    }
    for (const path of [READINESS, BINDINGS]) {
      const long = await list(`${path}?limit=${String(MANY)}`);
      const short = await list(`${path}?limit=1`);
      expect(long.rows[0]).toEqual(short.rows[0]);
      expect([long.rows.length, long.total, short.total]).toEqual([MANY, MANY, MANY]);
      const { headers } = await gateway.ask('GET', `${path}?limit=${String(MANY)}`);
      expect(headers['content-type']).toBe('application/json; charset=utf-8');
    }
  });

  describe('select', () => {
    const rows: readonly (readonly [query: string, readiness: readonly number[], bindings: readonly number[]])[] = [
      ['', [1, 2, 3, 4], [2, 3]],
      ['state=READY', [1, 2], [2]],
      ['state=NO_BOT,NO_CLIENT_MAPPING', [3, 4], [3]],
      ['issue=ROUTING_MISSING', [3], [3]],
      [`q=${keyOf(3).slice(-4)}`, [3], [3]],
      ['q=9180', [1, 2, 3, 4], [2, 3]],
      ['stale=true', [4], []],
      ['stale=false', [1, 2, 3], [2, 3]],
      ['mode=observe', [3], [3]],
      ['manager=crm', [2], [2]],
      ['labels=team%3Dsales', [2], [2]],
      ['state=READY&q=9180&labels=team', [2], [2]],
    ];
    beforeEach(async () => {
      see(1);
      see(2);
      see(3, ['NO_BOT', 'ROUTING_MISSING']);
      see(4, ['NO_CLIENT_MAPPING'], 600);
      await declare(2, { labels: { team: 'sales' }, manager: 'crm' });
      await declare(3, { mode: 'observe' });
    });

    it.each(rows)('?%s: verdicts %j, bindings %j', async (query, readiness, bindings) => {
      for (const fields of ['', '&fields=compact']) {
        const verdicts = await list(`${READINESS}?${query}${fields}`);
        expect([keys(verdicts), verdicts.total]).toEqual([readiness.map(keyOf), readiness.length]);
        const declared = await list(`${BINDINGS}?${query}${fields}`);
        expect([keys(declared), declared.total]).toEqual([bindings.map(keyOf), bindings.length]);
      }
    });

    it('?agent_id and ?declared', async () => {
      const own = await list(`${READINESS}?agent_id=${gateway.tenant.agentId}`);
      expect(keys(own)).toEqual([keyOf(2), keyOf(3)]);
      expect(keys(await list(`${READINESS}?declared=false`))).toEqual([keyOf(1), keyOf(4)]);
      expect(keys(await list(`${READINESS}?declared=true`))).toEqual([keyOf(2), keyOf(3)]);
    });

    it('?sort=state&order=desc', async () => {
      const states = async (query: string): Promise<readonly unknown[]> =>
        (await list(`${READINESS}?fields=compact&${query}`)).rows.map(({ state }) => state as ReadinessState);
      expect(await states('sort=state')).toEqual(['NO_BOT', 'NO_CLIENT_MAPPING', 'READY', 'READY']);
      expect(await states('sort=state&order=desc')).toEqual(['READY', 'READY', 'NO_CLIENT_MAPPING', 'NO_BOT']);
      expect(keys(await list(`${READINESS}?order=desc`))).toEqual([4, 3, 2, 1].map(keyOf));
    });
  });

  it.each([
    ['state', 'FINE'],
    ['state', 'READY,'],
    ['state', 'READY,FINE'],
    ['issue', 'READY'],
    ['q', '12a'],
    ['q', ''],
    ['q', '%25'],
    ['q', '1'.repeat(21)],
    ['stale', 'yes'],
    ['mode', 'repair'],
    ['manager', '-'],
    ['fields', 'all'],
    ['sort', 'age'],
    ['order', 'down'],
    ['limit', '1001'],
    ['limit', '0'],
    ['cursor', 'x y'],
    ['agent_id', 'me'],
  ])('refuse %s=%s and name the field', async (field, value) => {
    for (const path of [READINESS, BINDINGS]) {
      const { status, json } = await gateway.ask(
        'GET',
        `${path}?fields=compact&${field}=${value}`.replace('fields=compact&fields', 'fields'),
      );
      expect([status, json.error.details?.[0]?.field]).toEqual([400, field]);
    }
  });

  it('refuse declared where only declared numbers are listed', async () => {
    const { status, json } = await gateway.ask('GET', `${BINDINGS}?declared=true`);
    expect([status, json.error.details?.[0]?.field]).toEqual([400, 'declared']);
  });

  it('refuse a cursor of another order', async () => {
    for (let nth = 0; nth < 2; nth += 1) see(nth);
    const { next } = await list(`${READINESS}?limit=1&sort=since`);
    const { status, json } = await gateway.ask('GET', `${READINESS}?limit=1&cursor=${String(next)}`);
    expect([status, json.error.details?.[0]?.field]).toEqual([400, 'cursor']);
  });

  it('show and count nothing of other partners', async () => {
    const stranger = gateway.world.addTenant();
    see(1);
    await declare(1);
    for (const path of [READINESS, BINDINGS]) {
      const { json } = await gateway.ask('GET', `${path}?fields=compact`, { apiKey: stranger.apiKey });
      expect(json.data).toMatchObject({ total: 0, next_cursor: null });
    }
  });
});
