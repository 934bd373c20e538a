import { parseLabelSelector, type ConnectionId } from '@dialtone/domain';
import type { Precondition, SweepableConnection } from '@dialtone/engine';
import { usePostgres } from '@dialtone/persistence/testing';
import { aDidKey, aSpec, expectSoundEvents } from '@dialtone/testing';
import type { BindingStore, DeclareResult } from './binding-store';
import { labelConditions } from './label-conditions';

const postgres = usePostgres();
let connection: SweepableConnection;
beforeEach(async () => {
  connection = await postgres.given.connection();
});
afterEach(async () => {
  expectSoundEvents(await postgres.events());
});

type DeclareInput = Parameters<BindingStore['declare']>[0];

const inputOf = async (overrides: Partial<DeclareInput> = {}): Promise<DeclareInput> => ({
  partnerId: connection.partnerId,
  connectionId: connection.id,
  key: aDidKey(),
  spec: overrides.spec ?? aSpec({ agentId: await postgres.given.agent(connection.partnerId) }),
  actor: 'key-1',
  precondition: { kind: 'none' },
  ...overrides,
});

const declare = (input: DeclareInput): Promise<DeclareResult> => postgres.stores.bindings.declare(input);

const declaredOne = async (overrides: Partial<DeclareInput> = {}): Promise<DeclareInput> => {
  const input = await inputOf(overrides);
  expect(await declare(input)).toMatchObject({ kind: 'created' });
  return input;
};

/** Where the row versions of a table are: any write or row lock changes it. */
const versions = (table: string): Promise<unknown> =>
  postgres.query(`select ctid::text, xmin::text, xmax::text from ${table} order by ctid`);

const countOf = async (table: string): Promise<number> => {
  const [row] = await postgres.query<{ count: number }>(`select count(*)::int as count from ${table}`);
  return row?.count ?? -1;
};

describe('declaring a binding', () => {
  it('writes and locks no row when the same is declared again', async () => {
    const input = await declaredOne();
    const tables = ['bindings', 'dids', 'event_log', 'connections', 'agents'];
    const before = await Promise.all(tables.map(versions));
    expect(await declare(input)).toMatchObject({ kind: 'unchanged', view: { binding: { generation: 1 } } });
    expect(await Promise.all(tables.map(versions))).toEqual(before);
  });

  it('shows of what is declared already what a read shows', async () => {
    const input = await declaredOne({ marks: { labels: { team: 'a' }, manager: null } });
    await postgres.query(`update bindings set outcome = 'stalled', message = 'why', attempts = 3 where key = $1`, [
      input.key,
    ]);
    const found = await postgres.stores.bindings.find(input.partnerId, input.key);
    expect(found).toMatchObject({ status: { outcome: 'stalled', message: 'why', attempts: 3 } });
    expect(await declare(input)).toEqual({ kind: 'unchanged', view: found });
  });

  it('lets one of several first declarations create it, on whatever connection', async () => {
    const input = await inputOf();
    const second = await postgres.given.connection({ partnerId: connection.partnerId });
    const places: ConnectionId[] = [connection.id, second.id, connection.id, second.id, connection.id];
    const results = await Promise.all(places.map((connectionId) => declare({ ...input, connectionId })));
    expect(results.filter(({ kind }) => kind === 'created')).toHaveLength(1);
    expect(results.every(({ kind }) => ['created', 'unchanged', 'connection_conflict'].includes(kind))).toBe(true);
    expect([await countOf('bindings'), await countOf('dids'), await countOf('event_log')]).toEqual([1, 1, 1]);
  });

  it('gives every change at the same time a generation of its own', async () => {
    const input = await declaredOne();
    const clients = [1, 2, 3, 4, 5, 6];
    const results = await Promise.all(
      clients.map((clientId) => declare({ ...input, spec: { ...input.spec, clientId } })),
    );
    const generations = results.map((result) => ('view' in result ? result.view.binding.generation : 0));
    expect(generations.sort((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7]);
  });

  it('stores text that PostgreSQL would refuse without its NUL', async () => {
    const input = await inputOf();
    const result = await declare({ ...input, spec: { ...input.spec, botName: 'Sales\0Bot' } });
    expect(result).toMatchObject({ view: { binding: { botName: 'Sales\ufffdBot' } } });
    expect(await declare({ ...input, spec: { ...input.spec, botName: 'Sales\0Bot' } })).toMatchObject({
      kind: 'unchanged',
    });
  });
});

describe('preconditions', () => {
  const first: Precondition = { kind: 'generation', generation: 1 };

  it('lets one of several changes of the same generation pass', async () => {
    const input = await declaredOne();
    const results = await Promise.all(
      [1, 2, 3, 4].map((clientId) => declare({ ...input, precondition: first, spec: { ...input.spec, clientId } })),
    );
    expect(results.map(({ kind }) => kind).sort()).toEqual([
      'precondition_failed',
      'precondition_failed',
      'precondition_failed',
      'updated',
    ]);
  });

  it('lets one of several first declarations with If-None-Match pass, and leaves nothing of the others', async () => {
    const input = await inputOf({ precondition: { kind: 'absent' } });
    const results = await Promise.all(
      [1, 2, 3].map((clientId) => declare({ ...input, spec: { ...input.spec, clientId } })),
    );
    expect(results.map(({ kind }) => kind).sort()).toEqual(['created', 'precondition_failed', 'precondition_failed']);
    expect([await countOf('bindings'), await countOf('event_log')]).toEqual([1, 1]);
  });
});

describe('labels', () => {
  const plan = async (selector: string): Promise<string> => {
    const { sql, parameters } = labelConditions(parseLabelSelector(selector) ?? [], 1);
    const found = await postgres.query<Record<string, string>>(
      `explain select 1 from bindings b where true ${sql}`,
      parameters,
    );
    return JSON.stringify(found);
  };

  it.each(['team=sales', 'team in (sales,support)', 'team', 'team=sales,!retired'])(
    'are looked up in their index by %s',
    async (selector) => {
      await postgres.query('set enable_seqscan = off');
      expect(await plan(selector)).toContain('bindings_labels');
    },
  );
});
