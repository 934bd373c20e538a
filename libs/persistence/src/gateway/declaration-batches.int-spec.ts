import { usePostgres } from '@dialtone/persistence/testing';
import { aDidKey, aSpec, expectSoundEvents } from '@dialtone/testing';
import { Client } from 'pg';
import type { AskedItem, BindingStore } from './binding-store';

const postgres = usePostgres();
afterEach(async () => {
  expectSoundEvents(await postgres.events());
});

type ChangeInput = Parameters<BindingStore['changeAll']>[0];

const world = async (size: number) => {
  const connection = await postgres.given.connection();
  const spec = aSpec({ agentId: await postgres.given.agent(connection.partnerId) });
  const items = Array.from({ length: size }, (): AskedItem => ({
    key: aDidKey(),
    connectionId: connection.id,
    spec,
    precondition: { kind: 'none' },
  }));
  const change = (input: Partial<ChangeInput>) =>
    postgres.stores.bindings.changeAll({
      partnerId: connection.partnerId,
      actor: 'key-1',
      declare: [],
      withdraw: [],
      atomic: false,
      dryRun: false,
      ...input,
    });
  return { connection, items, change };
};

const kindsOf = (results: readonly { readonly kind: string }[]): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(Object.groupBy(results, ({ kind }) => kind)).map(([kind, all]) => [kind, all?.length ?? 0]),
  );

/** Statements that the store sends while `work` runs, `BEGIN` and `COMMIT` included. */
const statementsOf = async (work: () => Promise<unknown>): Promise<number> => {
  const sent = jest.spyOn(Client.prototype, 'query');
  await work();
  const statements = sent.mock.calls.length;
  sent.mockRestore();
  return statements;
};

describe('many declarations at once', () => {
  it.each([1, 100, 1_000])('of %i cost two statements, and one when nothing is new', async (size) => {
    const { items, change } = await world(size);
    expect(await statementsOf(() => change({ declare: items }))).toBe(2);
    expect(await statementsOf(() => change({ declare: items }))).toBe(1);
    expect(await statementsOf(() => change({ declare: items, dryRun: true }))).toBe(1);
    const changed = items.map((item) => ({ ...item, spec: { ...item.spec, clientId: 7 } }));
    expect(await statementsOf(() => change({ declare: changed, atomic: true }))).toBe(2);
    const withdraw = items.map(({ key }) => ({ key, manager: null, takeOver: false, ownOnly: false }));
    expect(await statementsOf(() => change({ withdraw }))).toBe(2);
  });

  it('log one event for each change, with its own number and generation, and make each due', async () => {
    const { items, change } = await world(20);
    await change({ declare: items });
    await change({
      declare: items.map((item, nth) => ({ ...item, spec: { ...item.spec, clientId: nth < 5 ? 7 : null } })),
    });
    const withdraw = items.slice(0, 2).map(({ key }) => ({ key, manager: null, takeOver: false, ownOnly: false }));
    await change({ withdraw });
    const events = await postgres.events();
    expect(kindsOf(events.map(({ type }) => ({ kind: type })))).toEqual({
      'dialtone.binding.declared.v1': 20,
      'dialtone.binding.updated.v1': 5,
      'dialtone.binding.deleted.v1': 2,
    });
    const ofFirst = events.filter(({ key }) => key === items[0]?.key).map(({ data }) => data as unknown);
    expect(ofFirst).toMatchObject([
      { seq: 1, generation: 1, client_id: null, actor: 'key-1' },
      { seq: 2, generation: 2, client_id: 7 },
      { seq: 3, generation: 2 },
    ]);
    for (const data of ofFirst) {
      expect((data as { occurred_at: string }).occurred_at).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
    }
    const due = await postgres.query('select 1 from bindings where due_at <= now()');
    expect(due).toHaveLength(18);
  });

  it('of several callers at once leave each number with one declaration, and each generation with one content', async () => {
    const { items, change } = await world(30);
    const callers = [1, 2, 3, 4, 5].map((clientId) => {
      const mine = items.map((item) => ({ ...item, spec: { ...item.spec, clientId } }));
      return change({ declare: clientId % 2 === 0 ? mine : mine.toReversed(), atomic: clientId === 3 });
    });
    const results = (await Promise.all(callers)).flatMap(({ declared }) => declared);
    expect(kindsOf(results)).toEqual({ created: 30, updated: 120 });
    const rows = await postgres.query<{ generation: string }>('select generation from bindings');
    expect(rows.map(({ generation }) => Number(generation))).toEqual(items.map(() => 5));
    expect(await postgres.query('select 1 from event_log')).toHaveLength(150);
  });

  it('of several callers at once do not use the same rest of a quota twice', async () => {
    const { connection, items, change } = await world(40);
    const atMost = 25;
    const { bindings } = postgres.stores;
    await Promise.all([
      change({ declare: items.slice(0, 15), atMost }),
      change({ declare: items.slice(15, 30), atMost }),
      ...items
        .slice(30)
        .map((item) =>
          bindings.declare({ ...item, partnerId: connection.partnerId, actor: 'key-2', atMost }).catch(() => null),
        ),
    ]);
    expect(await postgres.query('select 1 from bindings')).toHaveLength(atMost);
  });

  it('meet single declarations, withdrawals, sweeps and a disconnect without a deadlock', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { connection, items, change } = await world(20);
      const second = await postgres.given.connection({ partnerId: connection.partnerId });
      const { bindings, connections } = postgres.stores;
      const { partnerId } = connection;
      const withdraw = items.slice(5, 10).map(({ key }) => ({ key, manager: null, takeOver: false, ownOnly: false }));
      await change({ declare: items.slice(0, 10) });
      await Promise.all([
        change({ declare: items }),
        change({ declare: items.toReversed().map((item) => ({ ...item, connectionId: second.id })) }),
        change({ withdraw }),
        ...items.slice(0, 3).map((item) => bindings.declare({ ...item, partnerId, actor: 'key-2' })),
        ...(round % 2 === 0 ? [connections.disconnect(partnerId, connection.id)] : []),
      ]);
      const { declared } = await change({ declare: items.map((item) => ({ ...item, connectionId: second.id })) });
      if (round % 2 === 0) expect(kindsOf(declared)).not.toHaveProperty('connection_conflict');
      const rows = await postgres.query('select 1 from bindings where partner_id = $1', [partnerId]);
      expect(rows).toHaveLength(20);
    }
  });
});
