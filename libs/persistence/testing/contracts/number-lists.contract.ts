import type { DidKey } from '@dialtone/domain';
import { aDidKey, updateOf } from '@dialtone/testing';
import fc from 'fast-check';
import { InvalidCursorError, type NumberOrder, type NumberPage, type NumberRow, type Page } from '../../src';
import { GatewayWorld, type MakeGatewayHarness } from './gateway-harness';
import { anyNumber, FRESH_FOR_MS, numberWorld, type NumberWorld } from './number-worlds';

const ORDERS: readonly NumberOrder[] = (['key', 'since', 'state'] as const).flatMap((by) =>
  [false, true].map((descending) => ({ by, descending })),
);

type Filter = Omit<NumberPage, 'partnerId' | 'limit' | 'cursor' | 'order'>;
type Filtered = readonly [filter: Filter, isMeant: (row: NumberRow) => boolean];

/** Each filter with the same rule in terms of a row. */
const filtersOf = ({ connections: [connectionId], agents: [agentId], keys }: NumberWorld): readonly Filtered[] => {
  if (connectionId === undefined || agentId === undefined) throw new Error('There are two of both.');
  const digits = (keys[0] ?? '918').slice(-2);
  const team = [{ kind: 'in', name: 'team', values: ['sales'] }] as const;
  return [
    [{}, () => true],
    [{ connectionId }, (row) => row.connectionId === connectionId],
    [{ state: 'READY' }, ({ state }) => state === 'READY'],
    [{ state: ['READY', 'NO_BOT'] }, ({ state }) => state === 'READY' || state === 'NO_BOT'],
    [{ issue: 'ROUTING_MISSING' }, ({ issues }) => issues.includes('ROUTING_MISSING')],
    [{ digits }, ({ key }) => key.includes(digits)],
    [{ stale: { is: true, freshForMs: FRESH_FOR_MS } }, ({ isStale }) => isStale],
    [{ stale: { is: false, freshForMs: FRESH_FOR_MS } }, ({ isStale }) => !isStale],
    [{ declared: true }, ({ isDeclared }) => isDeclared],
    [{ declared: false }, ({ isDeclared }) => !isDeclared],
    [{ ofBindings: true }, ({ declaration }) => declaration !== null],
    [{ agentId }, ({ declaration }) => declaration?.agentId === agentId],
    [{ mode: 'observe' }, ({ declaration }) => declaration?.mode === 'observe'],
    [{ manager: 'crm' }, ({ declaration }) => declaration?.manager === 'crm'],
    [{ labels: team }, ({ declaration }) => declaration?.labels['team'] === 'sales'],
    [
      { agentId, state: ['NO_BOT'], labels: team, digits },
      ({ declaration, key, state }) =>
        declaration?.agentId === agentId &&
        state === 'NO_BOT' &&
        declaration.labels['team'] === 'sales' &&
        key.includes(digits),
    ],
  ];
};

const isInOrder = (rows: readonly NumberRow[], { by, descending }: NumberOrder, ofBindings: boolean): boolean => {
  const placeOf = (row: NumberRow): string => {
    const first = { key: '', since: String(row.since).padStart(15, '0'), state: row.state }[by];
    return [first, ...(ofBindings ? [] : [row.connectionId]), row.key].join(' ');
  };
  const places = rows.map(placeOf);
  const sorted = places.toSorted();
  return JSON.stringify(places) === JSON.stringify(descending ? sorted.toReversed() : sorted);
};

const MOST_TURNS = 8;
const keysMade = (count: number): readonly DidKey[] => Array.from({ length: count }, () => aDidKey());

/** The part of the contract of NumberStore that lists; the other lists of numbers select and order as it does. */
export const describeNumberLists = (name: string, make: MakeGatewayHarness): void => {
  describe(`${name} as a list of numbers`, () => {
    const world = GatewayWorld.use(make);
    const pages = async <Row>(list: (cursor: object) => Promise<Page<Row>>, between?: () => Promise<unknown>) => {
      const rows: Row[] = [];
      let cursor: string | null = null;
      do {
        const page: Page<Row> = await list(cursor === null ? {} : { cursor });
        rows.push(...page.items);
        cursor = page.nextCursor;
        if (cursor !== null) await between?.();
      } while (cursor !== null);
      return rows;
    };
    const rowsOf = (asked: Omit<NumberPage, 'cursor'>, between?: () => Promise<unknown>) =>
      pages((cursor) => world.stores.numbers.list({ ...asked, ...cursor, freshForMs: FRESH_FOR_MS }), between);

    it('selects by every filter, in every order, and counts as many as it pages', async () => {
      const some = fc.array(anyNumber, { minLength: 4, maxLength: 12 });
      await fc.assert(
        fc.asyncProperty(some, fc.constantFrom(...ORDERS), async (numbers, order) => {
          const made = await numberWorld(world, numbers);
          const { partnerId } = made;
          const all = await rowsOf({ partnerId, limit: 100 });
          expect(all.map(({ key }) => key).toSorted()).toEqual(made.keys.toSorted());
          for (const [filter, isMeant] of filtersOf(made)) {
            const asked = { ...filter, partnerId, order, limit: 3 };
            const rows = await rowsOf(asked);
            const keys = rows.map(({ key }) => key);
            expect(keys.toSorted()).toEqual(
              all
                .filter(isMeant)
                .map(({ key }) => key)
                .toSorted(),
            );
            expect(isInOrder(rows, order, filter.ofBindings === true)).toBe(true);
            expect(await world.stores.numbers.count({ ...filter, partnerId })).toBe(rows.length);
            const verdicts = await pages((cursor) => world.stores.readiness.list({ ...asked, ...cursor }));
            expect(verdicts.map(({ key }) => key)).toEqual(keys);
          }
          const declared = await rowsOf({ partnerId, order, ofBindings: true, limit: 100 });
          const views = await pages((cursor) => world.stores.bindings.list({ partnerId, order, limit: 2, ...cursor }));
          expect(views.map(({ binding }) => binding.key)).toEqual(declared.map(({ key }) => key));
        }),
        { numRuns: 8 },
      );
    });

    it('shows every row once that nothing touches while others change, come and go, in every order', async () => {
      const seen = async (key: DidKey, issues: readonly 'NO_BOT'[]): Promise<void> => {
        await world.given.saw(world.connectionId, updateOf(key, { issues, at: await world.now() }));
      };
      for (const order of ORDERS) {
        const partnerId = world.partnerId;
        const [kept, touched] = [keysMade(5), keysMade(4)];
        for (const [nth, key] of [...kept, ...touched].entries()) await seen(key, nth % 2 === 0 ? [] : ['NO_BOT']);
        let turn = 0;
        const disturb = async (): Promise<void> => {
          // More rows than a page has would never end.
          if (turn >= MOST_TURNS) return;
          const key = touched[turn % touched.length] ?? aDidKey();
          turn += 1;
          await seen(key, turn % 3 === 0 ? [] : ['NO_BOT']);
          await seen(aDidKey(), []);
        };
        const rows = await rowsOf({ partnerId, order, limit: 2 }, disturb);
        for (const key of kept) expect(rows.filter((row) => row.key === key)).toHaveLength(1);
      }
    });

    it('tells since when a number is in its state: a change of its issues behind the first does not count', async () => {
      const key = aDidKey();
      const since = async (): Promise<number> => {
        const [row] = await rowsOf({ partnerId: world.partnerId, limit: 1 });
        return row?.since ?? 0;
      };
      await world.given.saw(world.connectionId, updateOf(key, { issues: ['NO_BOT'], at: await world.now() }));
      const began = await since();
      await world.pass(5);
      const more = { issues: ['NO_BOT', 'ROUTING_MISSING'], at: await world.now() } as const;
      await world.given.saw(world.connectionId, updateOf(key, more));
      expect(await since()).toBe(began);
      await world.given.saw(world.connectionId, updateOf(key, { issues: [], at: await world.now() }));
      expect(await since()).toBeGreaterThan(began);
    });

    it('refuses a cursor of another order, direction or list', async () => {
      const { partnerId } = world;
      for (let nth = 0; nth < 2; nth += 1) await world.declaredOne();
      const cursors = new Map<string, string>();
      const asked = (order: NumberOrder, ofBindings: boolean) => ({
        partnerId,
        order,
        limit: 1,
        freshForMs: 0,
        ...(ofBindings && { ofBindings: true as const }),
      });
      const all = ORDERS.flatMap((order) => [asked(order, false), asked(order, true)]);
      for (const one of all) cursors.set(JSON.stringify(one), (await world.stores.numbers.list(one)).nextCursor ?? '');
      for (const one of all) {
        for (const [of, cursor] of cursors) {
          const list = world.stores.numbers.list({ ...one, cursor });
          if (of === JSON.stringify(one)) expect((await list).items).toHaveLength(1);
          else await expect(list).rejects.toThrow(InvalidCursorError);
        }
      }
    });
  });
};
