import { useTenant } from '@dialtone/persistence/testing';
import type { AgentId, ConnectionId } from '@dialtone/domain';
import { numberSource } from './number-conditions';
import { orderedBy } from './number-order';
import type { NumberPage } from './number-store';
import { SqlParameters } from './sql-parameters';

const NUMBERS = 5_000;
/** One of so many numbers is what a filter selects. */
const RARE = 100;
const LONG_MS = 3_600_000;

type Filter = Omit<NumberPage, 'partnerId' | 'limit'>;

describe('each filter and order of the lists of numbers', () => {
  const tenant = useTenant();
  let connectionId: ConnectionId;
  let agentId: AgentId;

  beforeEach(async () => {
    const { postgres, partnerId } = tenant;
    connectionId = await tenant.connect();
    const [others, rare] = [await postgres.given.agent(partnerId), await postgres.given.agent(partnerId)];
    agentId = rare;
    await postgres.query(
      `insert into dids (connection_id, key, state)
       select c.id, (918000000000 + n)::text, case when n % $3 = 0 then 'NO_BOT' else 'READY' end
         from generate_series(1, $2::int) n, unnest($1::uuid[]) c (id)`,
      [[connectionId, await tenant.connect()], NUMBERS, RARE],
    );
    await postgres.query(
      `insert into bindings (partner_id, connection_id, key, agent_id, mode, generation, labels, manager)
       select $1, d.connection_id, d.key, case when n.is_rare then $2::uuid else $3::uuid end, 'enforce', 1,
              case when n.is_rare then '{"team":"sales"}' else '{}' end::jsonb, case when n.is_rare then 'crm' end
         from dids d cross join lateral (select d.key::bigint % $4 = 0 as is_rare) n where d.connection_id = $5`,
      [partnerId, rare, others, RARE, connectionId],
    );
    await postgres.query('analyze dids');
    await postgres.query('analyze bindings');
  });

  const planOf = async (filter: Filter): Promise<string> => {
    const page = { partnerId: tenant.partnerId, limit: 100, ...filter };
    const parameters = new SqlParameters();
    const { from, where } = numberSource(page, parameters, { withBindings: false });
    const { orderBy } = orderedBy(page, parameters);
    const rows = await tenant.postgres.query(
      `explain select d.connection_id, d.key from ${from} where ${where} order by ${orderBy} limit 100`,
      parameters.values,
    );
    return JSON.stringify(rows);
  };

  const indexed: readonly (readonly [name: string, index: string, filter: () => Filter])[] = [
    ['connection_id', 'dids_pkey', () => ({ connectionId })],
    ['state', 'dids_not_ready', () => ({ state: ['NO_BOT'] })],
    ['issue', 'dids_not_ready', () => ({ issue: 'NO_BOT' })],
    ['agent_id', 'bindings_agent', () => ({ agentId })],
    ['manager', 'bindings_manager', () => ({ manager: 'crm' })],
    ['labels', 'bindings_labels', () => ({ labels: [{ kind: 'in', name: 'team', values: ['sales'] }] })],
    ['stale', 'dids_stale', () => ({ stale: { is: true, freshForMs: LONG_MS } })],
    ['order by since', 'dids_since', () => ({ connectionId, order: { by: 'since', descending: true } })],
  ];

  it.each(indexed)('%s is found by %s', async (_name, index, filter) => {
    expect(await planOf(filter())).toContain(index);
  });

  it.each([
    ['state READY', 'most numbers are', { state: 'READY' }],
    [
      'q',
      'a number of digits anywhere needs trigrams; a partner has some hundred thousand keys, read out of an index',
      { digits: '123' },
    ],
    ['not stale', 'nearly all numbers are', { stale: { is: false, freshForMs: 1 } }],
    ['mode', 'it has three values', { mode: 'observe' }],
    ['declared', 'nearly all numbers are, or nearly none', { declared: false }],
    ['order by state', 'few pages are read of it', { order: { by: 'state', descending: false } }],
  ] as const)('%s has no index of its own: %s', async (_name, reason, filter) => {
    const plan = await planOf(filter);
    expect(reason.length).toBeGreaterThan(10);
    for (const [, index] of indexed.slice(3)) expect(plan).not.toContain(index);
  });
});
