import type { ConnectionId, DidKey, PartnerId } from '@dialtone/domain';
import type { SweepableConnection } from '@dialtone/engine';
import { usePostgres } from '@dialtone/persistence/testing';
import { aDidKey, anAgentId, aSpec, expectSoundEvents, updateOf } from '@dialtone/testing';
import type { BindingStore, DeclareResult, Precondition } from '../api-types';
import { UnknownConnectionError } from './bindings.store';
import { InvalidCursorError } from './cursor';

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
  it('stores it pending and due, with the UNKNOWN verdict of its key', async () => {
    const input = await inputOf();
    const result = await declare(input);
    const view = await postgres.stores.bindings.find(input.partnerId, input.key);
    expect(result).toEqual({ kind: 'created', view });
    expect(view).toMatchObject({
      binding: { ...input.spec, key: input.key, connectionId: input.connectionId, generation: 1 },
      agentName: expect.stringMatching(/^Agent /) as string,
      agentDeleted: false,
      status: { outcome: 'pending', message: null, observedGeneration: 0, attempts: 0, lastReconciledAt: null },
      readiness: {
        state: 'UNKNOWN',
        stale: false,
        observedAt: null,
        ageSeconds: null,
        observation: null,
        drift: null,
        declared: true,
      },
    });
    expect(view?.status.nextReconcileAt.getTime()).toBeLessThanOrEqual(Date.now() + 1_000);
  });

  it('writes and locks no row when the same is declared again', async () => {
    const input = await declaredOne();
    const tables = ['bindings', 'dids', 'event_log', 'connections', 'agents'];
    const before = await Promise.all(tables.map(versions));
    expect(await declare(input)).toMatchObject({ kind: 'unchanged', view: { binding: { generation: 1 } } });
    expect(await Promise.all(tables.map(versions))).toEqual(before);
  });

  it('starts over when something else is declared', async () => {
    const input = await declaredOne();
    const [claimed] = await postgres.stores.bindingQueue.claim('worker', 1, 60_000);
    const stalled = { kind: 'stalled', issues: ['NO_BOT'], message: 'Do something.' } as const;
    if (claimed !== undefined) await postgres.stores.bindingQueue.complete(claimed, stalled, 3_600_000);
    expect((await postgres.stores.bindings.find(input.partnerId, input.key))?.status).toMatchObject({
      outcome: 'stalled',
      message: 'Do something.',
      observedGeneration: 1,
      attempts: 1,
    });
    const result = await declare({ ...input, spec: { ...input.spec, clientId: 415 } });
    expect(result).toMatchObject({
      kind: 'updated',
      view: {
        binding: { generation: 2, clientId: 415 },
        status: { outcome: 'pending', message: null, observedGeneration: 1, attempts: 0 },
      },
    });
    expect(await postgres.stores.bindingQueue.nextDueInMs()).toBe(0);
  });

  it('refuses an agent that is missing, deleted or foreign, and leaves no trace', async () => {
    const deleted = await postgres.given.agent(connection.partnerId);
    await postgres.given.deleteAgent(deleted);
    const foreign = await postgres.given.agent((await postgres.given.connection()).partnerId);
    for (const agentId of [anAgentId(), deleted, foreign]) {
      expect(await declare(await inputOf({ spec: aSpec({ agentId }) }))).toEqual({ kind: 'agent_not_found' });
    }
    expect([await countOf('dids'), await countOf('event_log')]).toEqual([0, 0]);
  });

  it("refuses another partner's connection as if it were missing", async () => {
    const foreign = await postgres.given.connection();
    await expect(declare(await inputOf({ connectionId: foreign.id }))).rejects.toThrow(UnknownConnectionError);
  });

  it('refuses a key that is declared on another connection of the partner', async () => {
    const input = await declaredOne();
    const second = await postgres.given.connection({ partnerId: connection.partnerId });
    expect(await declare({ ...input, connectionId: second.id })).toEqual({
      kind: 'connection_conflict',
      connectionId: connection.id,
    });
    expect(await countOf('dids')).toBe(1);
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

describe('a binding whose agent is deleted', () => {
  it('says so, until another one is declared', async () => {
    const input = await inputOf();
    await declare(input);
    await postgres.stores.agents.remove(input.partnerId, input.spec.agentId);
    expect(await postgres.stores.bindings.find(input.partnerId, input.key)).toMatchObject({ agentDeleted: true });
    const agentId = await postgres.given.agent(input.partnerId, 'Successor');
    await declare({ ...input, spec: { ...input.spec, agentId } });
    expect(await postgres.stores.bindings.find(input.partnerId, input.key)).toMatchObject({
      agentName: 'Successor',
      agentDeleted: false,
    });
  });
});

describe('preconditions', () => {
  const first: Precondition = { kind: 'generation', generation: 1 };
  const table: readonly {
    given: 'nothing' | 'generation 1';
    precondition: Precondition;
    want: DeclareResult['kind'];
  }[] = [
    { given: 'nothing', precondition: { kind: 'absent' }, want: 'created' },
    { given: 'nothing', precondition: { kind: 'exists' }, want: 'precondition_failed' },
    { given: 'nothing', precondition: first, want: 'precondition_failed' },
    { given: 'generation 1', precondition: { kind: 'absent' }, want: 'precondition_failed' },
    { given: 'generation 1', precondition: { kind: 'exists' }, want: 'updated' },
    { given: 'generation 1', precondition: first, want: 'updated' },
    { given: 'generation 1', precondition: { kind: 'generation', generation: 2 }, want: 'precondition_failed' },
  ];

  it.each(table)('declaring over $given with $precondition: $want', async ({ given, precondition, want }) => {
    const input = given === 'nothing' ? await inputOf() : await declaredOne();
    const events = await countOf('event_log');
    const result = await declare({ ...input, precondition, spec: { ...input.spec, clientId: 9 } });
    expect(result.kind).toBe(want);
    if (result.kind !== 'precondition_failed') return;
    expect(result.generation).toBe(given === 'nothing' ? null : 1);
    expect(await countOf('event_log')).toBe(events);
  });

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

describe('removing a binding', () => {
  const remove = (input: DeclareInput, precondition: Precondition, partnerId = input.partnerId): Promise<string> =>
    postgres.stores.bindings.remove({ partnerId, key: input.key, actor: 'key-1', precondition });

  it('removes it once, with its event, and keeps the verdict of the key', async () => {
    const input = await declaredOne();
    expect(await remove(input, { kind: 'none' })).toBe('removed');
    expect(await remove(input, { kind: 'none' })).toBe('not_found');
    expect(await postgres.stores.bindings.find(input.partnerId, input.key)).toBeNull();
    const { items } = await postgres.stores.readiness.list({ partnerId: input.partnerId, limit: 10 });
    expect(items).toMatchObject([{ key: input.key, declared: false }]);
  });

  it('checks the precondition and the partner', async () => {
    const input = await declaredOne();
    const other = await postgres.given.connection();
    expect(await remove(input, { kind: 'none' }, other.partnerId)).toBe('not_found');
    expect(await remove(input, { kind: 'generation', generation: 2 })).toBe('precondition_failed');
    expect(await remove(input, { kind: 'generation', generation: 1 })).toBe('removed');
  });

  it('never gives two contents the same generation', async () => {
    const input = await declaredOne();
    await declare({ ...input, spec: { ...input.spec, clientId: 5 } });
    await remove(input, { kind: 'none' });
    expect(await declare(input)).toMatchObject({ kind: 'created', view: { binding: { generation: 3 } } });
    expect(await remove(input, { kind: 'generation', generation: 2 })).toBe('precondition_failed');
    await remove(input, { kind: 'none' });
    const second = await postgres.given.connection({ partnerId: connection.partnerId });
    expect(await declare({ ...input, connectionId: second.id })).toMatchObject({
      view: { binding: { generation: 4 } },
    });
  });
});

describe('reading bindings', () => {
  it("shows a partner its own bindings only, and another's nowhere", async () => {
    const input = await declaredOne();
    const other = await postgres.given.connection();
    expect(await postgres.stores.bindings.find(other.partnerId, input.key)).toBeNull();
    expect(await postgres.stores.bindings.trigger(other.partnerId, input.key)).toBeNull();
    expect(await postgres.stores.bindings.list({ partnerId: other.partnerId, limit: 10 })).toEqual({
      items: [],
      nextCursor: null,
    });
  });

  it('pages by key without a gap or a repetition, also while keys are added', async () => {
    const keys: DidKey[] = [];
    for (let nth = 0; nth < 7; nth += 1) keys.push((await declaredOne()).key);
    const seen: DidKey[] = [];
    let cursor: string | null | undefined;
    do {
      const page: { items: readonly { binding: { key: DidKey } }[]; nextCursor: string | null } =
        await postgres.stores.bindings.list({
          partnerId: connection.partnerId,
          limit: 3,
          ...(cursor ? { cursor } : {}),
        });
      seen.push(...page.items.map(({ binding }) => binding.key));
      cursor = page.nextCursor;
      await declaredOne({ key: aDidKey('910000000001') });
      await postgres.given.undeclare(connection.id, aDidKey('910000000001'));
    } while (cursor !== null);
    expect(seen).toEqual(keys.sort());
  });

  it('filters by connection, agent and state', async () => {
    const one = await declaredOne();
    const two = await declaredOne();
    const second = await postgres.given.connection({ partnerId: connection.partnerId });
    const three = await declaredOne({ connectionId: second.id });
    const broken = updateOf(two.key, { issues: ['NO_BOT'] });
    await postgres.stores.keyStates.apply(connection.id, [broken], { makeDue: false });
    const list = async (filter: object): Promise<readonly DidKey[]> => {
      const { items } = await postgres.stores.bindings.list({ partnerId: connection.partnerId, limit: 10, ...filter });
      return items.map(({ binding }) => binding.key);
    };
    expect(await list({ connectionId: second.id })).toEqual([three.key]);
    expect(await list({ agentId: one.spec.agentId })).toEqual([one.key]);
    expect(await list({ state: 'NO_BOT' })).toEqual([two.key]);
    expect(await list({ state: 'UNKNOWN' })).toEqual([one.key, three.key].sort());
  });

  it.each(['', 'x', Buffer.from('["1","2"]').toString('base64url'), Buffer.from('[1]').toString('base64url')])(
    'refuses a cursor that it did not hand out: %j',
    async (cursor) => {
      const partnerId: PartnerId = connection.partnerId;
      await expect(postgres.stores.bindings.list({ partnerId, limit: 3, cursor })).rejects.toThrow(InvalidCursorError);
    },
  );

  it('triggers a binding: due now, whatever was scheduled', async () => {
    const input = await declaredOne();
    const [claimed] = await postgres.stores.bindingQueue.claim('worker', 1, 60_000);
    if (claimed !== undefined) await postgres.stores.bindingQueue.complete(claimed, { kind: 'settled' }, 3_600_000);
    const triggered = await postgres.stores.bindings.trigger(input.partnerId, input.key);
    expect(triggered?.dueAt.getTime()).toBeLessThanOrEqual(Date.now() + 1_000);
    expect(await postgres.stores.bindingQueue.nextDueInMs()).toBe(0);
    expect(await postgres.stores.bindings.trigger(input.partnerId, aDidKey())).toBeNull();
  });
});
