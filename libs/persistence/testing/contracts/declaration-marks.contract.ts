import { NO_MARKS, parseLabelSelector, type DidKey, type Labels } from '@dialtone/domain';
import { aDidKey, updateOf } from '@dialtone/testing';
import { type DeclareInput, GatewayWorld, type MakeGatewayHarness } from './gateway-harness';

const NONE = { kind: 'none' } as const;

/** The part of the contracts of BindingStore and ReadinessStore that is about labels and managers. */
export const describeDeclarationMarks = (name: string, make: MakeGatewayHarness): void => {
  describe(`${name} with labels and managers`, () => {
    const world = GatewayWorld.use(make);
    const labelled = (labels: Labels): Promise<DeclareInput> => world.declaredOne({ marks: { labels, manager: null } });
    const managed = (manager: string | null): Promise<DeclareInput> =>
      world.declaredOne({ marks: { labels: {}, manager } });

    it('stores them, and none when none are given', async () => {
      const marks = { labels: { 'crm.example.com/team': 'sales', retired: '' }, manager: 'crm-export' };
      const [marked, plain] = [await world.declaredOne({ marks }), await world.declaredOne()];
      const find = ({ partnerId, key }: DeclareInput) => world.stores.bindings.find(partnerId, key);
      expect((await find(marked))?.marks).toEqual(marks);
      expect((await find(plain))?.marks).toEqual(NO_MARKS);
      expect(await world.declare(marked)).toMatchObject({ kind: 'unchanged', view: { marks } });
    });

    it('counts another label or manager as a change of the declaration', async () => {
      const input = await labelled({ team: 'sales' });
      const more = { ...input, marks: { labels: { team: 'sales', tier: 'gold' }, manager: null } };
      expect(await world.declare(more)).toMatchObject({ kind: 'updated', view: { binding: { generation: 2 } } });
      const owned = { ...more, marks: { ...more.marks, manager: 'crm' } };
      expect(await world.declare(owned)).toMatchObject({
        kind: 'updated',
        view: { binding: { generation: 3 }, marks: owned.marks },
      });
    });

    it('refuses a second manager, names the first, and leaves no trace', async () => {
      const input = await managed('crm');
      const before = await world.traces();
      const conflict = { kind: 'manager_conflict', manager: 'crm' };
      for (const manager of ['erp', null]) {
        expect(await world.declare({ ...input, marks: { labels: {}, manager } })).toEqual(conflict);
        const { partnerId, key } = input;
        const asked = { partnerId, key, actor: 'key-1', precondition: NONE, manager };
        expect(await world.stores.bindings.remove(asked)).toEqual(conflict);
      }
      expect(await world.traces()).toEqual(before);
    });

    it('hands a number over when that is asked for', async () => {
      const input = await managed('crm');
      const { partnerId, key } = input;
      const taken = await world.declare({ ...input, marks: { labels: {}, manager: 'erp' }, takeOver: true });
      expect(taken).toMatchObject({ kind: 'updated', view: { marks: { manager: 'erp' } } });
      const asked = { partnerId, key, actor: 'key-1', precondition: NONE };
      expect(await world.stores.bindings.remove({ ...asked, manager: 'crm' })).toMatchObject({ manager: 'erp' });
      expect(await world.stores.bindings.remove({ ...asked, manager: 'crm', takeOver: true })).toEqual({
        kind: 'removed',
      });
    });

    it('filters bindings, verdicts and drifts by labels', async () => {
      const { partnerId, connectionId } = world;
      const all: Readonly<Record<string, DidKey>> = {
        sales: (await labelled({ team: 'sales', region: 'north' })).key,
        support: (await labelled({ team: 'support', region: 'north' })).key,
        retired: (await labelled({ team: 'sales', retired: '' })).key,
        plain: (await world.declaredOne()).key,
      };
      const undeclared = aDidKey();
      for (const key of [...Object.values(all), undeclared]) {
        await world.given.saw(connectionId, updateOf(key, { issues: ['NO_BOT'] }));
      }
      const table: readonly (readonly [selector: string, ...names: string[]])[] = [
        ['team=sales', 'sales', 'retired'],
        ['team==sales,!retired', 'sales'],
        ['team in (sales,support),region=north', 'sales', 'support'],
        ['team!=sales', 'support', 'plain'],
        ['team notin (sales,support)', 'plain'],
        ['retired', 'retired'],
        ['retired=', 'retired'],
        ['!team', 'plain'],
        ['team=other'],
      ];
      for (const [selector, ...names] of table) {
        const labels = parseLabelSelector(selector) ?? [];
        const want = names.flatMap((one) => all[one] ?? []).sort();
        const asked = { partnerId, labels, limit: 100 };
        const bindings = await world.stores.bindings.list(asked);
        expect([selector, bindings.items.map(({ binding }) => binding.key)]).toEqual([selector, want]);
        for (const drifting of [false, true]) {
          const { items } = await world.stores.readiness.list({ ...asked, drifting });
          expect([selector, items.map(({ key }) => key)]).toEqual([selector, want]);
        }
      }
    });

    it('pages through what a selector selects, together with other filters', async () => {
      const keys: DidKey[] = [];
      for (let nth = 0; nth < 5; nth += 1) {
        keys.push((await labelled({ team: 'sales' })).key);
        await labelled({ team: 'support' });
      }
      const asked = { partnerId: world.partnerId, labels: parseLabelSelector('team=sales') ?? [], limit: 2 };
      const seen: DidKey[] = [];
      let cursor: string | null | undefined;
      do {
        const page: { items: readonly { binding: { key: DidKey } }[]; nextCursor: string | null } =
          await world.stores.bindings.list({
            ...asked,
            connectionId: world.connectionId,
            state: 'UNKNOWN',
            ...(cursor ? { cursor } : {}),
          });
        seen.push(...page.items.map(({ binding }) => binding.key));
        cursor = page.nextCursor;
      } while (cursor !== null);
      expect(seen).toEqual(keys.sort());
    });
  });
};
