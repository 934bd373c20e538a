import { usePostgres } from '@dialtone/persistence/testing';
import { aDidKey, aSpec, expectSoundEvents } from '@dialtone/testing';
import { Client } from 'pg';
import type { AskedItem, BindingStore, Inspected } from './binding-store';

const postgres = usePostgres();
afterEach(async () => {
  expectSoundEvents(await postgres.events());
});

type ChangeInput = Parameters<BindingStore['changeAll']>[0];

const observationOf = (key: string, didId: number): string =>
  JSON.stringify({ key, observedAt: 1_000, did: { key, didId, didNumber: key } });

const world = async (size: number) => {
  const connection = await postgres.given.connection();
  const { partnerId } = connection;
  const spec = aSpec({ agentId: await postgres.given.agent(partnerId) });
  const items = Array.from({ length: size }, (): AskedItem => ({
    key: aDidKey(),
    connectionId: connection.id,
    spec,
    precondition: { kind: 'none' },
  }));
  const change = (input: Partial<ChangeInput>) =>
    postgres.stores.bindings.changeAll({
      partnerId,
      actor: 'key-1',
      declare: items,
      withdraw: [],
      atomic: false,
      dryRun: false,
      ...input,
    });
  /** As a sweep does: the digest stands for the facts. */
  const observe = (item: AskedItem | undefined, didId: number) =>
    postgres.query(
      `insert into dids (connection_id, key, observation, digest) values ($1, $2, $3, $4)
       on conflict (connection_id, key) do update set observation = excluded.observation, digest = excluded.digest`,
      [connection.id, item?.key, observationOf(item?.key ?? '', didId), `did ${String(didId)}`],
    );
  return { connection, items, change, observe };
};

/** Is shown everything, and does something before the first write. */
const watching = (meanwhile: () => Promise<unknown>) => {
  const shown: Inspected[] = [];
  const inspect = async (seen: Inspected): Promise<void> => {
    shown.push(seen);
    if (shown.length === 1) await meanwhile();
  };
  return { shown, inspect };
};

const didIds = ({ declared }: Inspected): readonly (number | undefined)[] =>
  declared.map(({ observation }) => observation?.did?.didId);

describe('what is inspected before it is written', () => {
  it('is everything that the decision stands on', async () => {
    const { items, change, observe } = await world(3);
    await change({ declare: items.slice(0, 1) });
    await observe(items[1], 812);
    const { shown, inspect } = watching(() => Promise.resolve());
    const withdraw = items.slice(0, 1).map(({ key }) => ({ key, manager: null, takeOver: false, ownOnly: false }));
    await change({ declare: items.slice(1), withdraw, inspect, dryRun: true });
    const [seen] = shown;
    expect(seen?.declared.map(({ result }) => result)).toEqual([
      { kind: 'created', generation: 1 },
      { kind: 'created', generation: 1 },
    ]);
    expect(seen && didIds(seen)).toEqual([812, undefined]);
    expect(seen?.withdrawn).toMatchObject([{ result: { kind: 'removed' }, current: { binding: { generation: 1 } } }]);
  });

  it('is not written when the inspection throws', async () => {
    const { change } = await world(2);
    const refused = change({ inspect: () => Promise.reject(new Error('stale')) });
    await expect(refused).rejects.toThrow('stale');
    expect(await postgres.query('select 1 from bindings')).toEqual([]);
  });

  it.each([
    { what: 'an observation of a number that is written', nth: 0 },
    { what: 'an observation of a number that is not', nth: 1 },
  ])('is inspected again when $what changes before the write', async ({ nth }) => {
    const { items, change, observe } = await world(2);
    await observe(items[0], 1);
    await observe(items[1], 1);
    await change({ declare: items.slice(1) });
    const { shown, inspect } = watching(() => observe(items[nth], 2));
    const { declared } = await change({ inspect });
    expect(declared.map(({ kind }) => kind)).toEqual(['created', 'unchanged']);
    expect(shown.map(didIds)).toEqual([
      [1, 1],
      [nth === 0 ? 2 : 1, nth === 1 ? 2 : 1],
    ]);
  });

  it('is inspected again when an observation of a number that is withdrawn changes before the write', async () => {
    const { items, change, observe } = await world(1);
    await change({});
    await observe(items[0], 1);
    const { shown, inspect } = watching(() => observe(items[0], 2));
    const withdraw = items.map(({ key }) => ({ key, manager: null, takeOver: false, ownOnly: false }));
    await change({ declare: [], withdraw: withdraw.map((one) => ({ ...one, release: 'outbound_off' })), inspect });
    expect(shown.map(({ withdrawn }) => withdrawn.map(({ observation }) => observation?.did?.didId))).toEqual([
      [1],
      [2],
    ]);
    expect(shown.map(({ withdrawn }) => withdrawn[0]?.result.kind)).toEqual(['releasing', 'releasing']);
  });

  it.each([
    { what: 'is withdrawn', meanwhile: 'withdraw' },
    { what: 'is declared otherwise', meanwhile: 'declare' },
  ] as const)(
    'is inspected again when a number that it leaves as it is $what before the write',
    async ({ meanwhile }) => {
      const { items, change } = await world(2);
      const [, second] = items;
      if (second === undefined) throw new Error('two items');
      await change({ declare: [second] });
      const { shown, inspect } = watching(() =>
        meanwhile === 'withdraw'
          ? change({ declare: [], withdraw: [{ key: second.key, manager: null, takeOver: false, ownOnly: false }] })
          : change({ declare: [{ ...second, spec: { ...second.spec, clientId: 7 } }] }),
      );
      await change({ inspect });
      expect(shown.map(({ declared }) => declared[1]?.result.kind)).toEqual([
        'unchanged',
        meanwhile === 'withdraw' ? 'created' : 'updated',
      ]);
    },
  );

  it('costs no more statements, for one number and for a thousand', async () => {
    const { change } = await world(1_000);
    const sent = jest.spyOn(Client.prototype, 'query');
    await change({ inspect: () => Promise.resolve() });
    const statements = sent.mock.calls.length;
    sent.mockRestore();
    expect(statements).toBe(2);
  });

  it('does not lock one another out', async () => {
    const { items, change } = await world(30);
    const inspect = () => Promise.resolve();
    const callers = [1, 2, 3, 4].map((clientId) => {
      const mine = items.map((item) => ({ ...item, spec: { ...item.spec, clientId } }));
      return change({ declare: clientId % 2 === 0 ? mine : mine.toReversed(), inspect });
    });
    await Promise.all(callers);
    const rows = await postgres.query<{ generation: string }>('select generation from bindings');
    expect(rows.map(({ generation }) => Number(generation))).toEqual(items.map(() => 4));
  });
});
