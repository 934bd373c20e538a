import { parseLabelSelector, type DidKey } from '@dialtone/domain';
import { aDidKey, anAgentId } from '@dialtone/testing';
import type { AskedItem, BatchResult, BindingStore } from '../../src';
import { type DeclareInput, GatewayWorld, type MakeGatewayHarness } from './gateway-harness';

type ChangeInput = Parameters<BindingStore['changeAll']>[0];

/** The part of the contract of BindingStore that is about many declarations in one transaction. */
export const describeDeclarationBatches = (name: string, make: MakeGatewayHarness): void => {
  describe(`${name} with many declarations at once`, () => {
    const world = GatewayWorld.use(make);
    const change = (input: Partial<ChangeInput>): Promise<BatchResult> =>
      world.stores.bindings.changeAll({
        partnerId: world.partnerId,
        actor: 'key-1',
        declare: [],
        withdraw: [],
        atomic: false,
        dryRun: false,
        ...input,
      });
    const withdrawing = (keys: readonly DidKey[], claim: object = {}): ChangeInput['withdraw'] =>
      keys.map((key) => ({ key, manager: null, takeOver: false, ownOnly: false, ...claim }));
    const find = ({ key }: { readonly key: DidKey }) => world.stores.bindings.find(world.partnerId, key);

    /** One of each kind, and what becomes of it. */
    const mixed = async (): Promise<{ readonly items: readonly AskedItem[]; readonly kinds: readonly string[] }> => {
      const [same, other, elsewhere] = [
        await world.declaredOne(),
        await world.declaredOne(),
        await world.declaredOne({ connectionId: await world.connect() }),
      ];
      const managed = await world.declaredOne({ marks: { labels: {}, manager: 'crm' } });
      const fresh = await world.inputOf();
      const items: readonly DeclareInput[] = [
        fresh,
        same,
        { ...other, spec: { ...other.spec, clientId: 9 } },
        { ...elsewhere, connectionId: world.connectionId },
        { ...managed, marks: { labels: {}, manager: 'erp' } },
        await world.inputOf({ spec: { ...fresh.spec, agentId: anAgentId() } }),
        await world.inputOf({ spec: { ...fresh.spec, clientId: 5 }, isClientMissing: true }),
        await world.inputOf({ connectionId: await world.connect(await world.given.partner()) }),
      ];
      const refused = ['connection_conflict', 'manager_conflict', 'agent_not_found', 'client_not_found'];
      return { items, kinds: ['created', 'unchanged', 'updated', ...refused, 'connection_not_found'] };
    };

    it('answers for each, in their order, and stores all that can be stored', async () => {
      const { items, kinds } = await mixed();
      const { applied, declared } = await change({ declare: items });
      expect([applied, declared.map(({ kind }) => kind)]).toEqual([true, kinds]);
      expect(declared.map((result) => ('generation' in result ? result.generation : null)).slice(0, 3)).toEqual([
        1, 1, 2,
      ]);
      expect((await find(items[0] as AskedItem))?.status.outcome).toBe('pending');
      expect((await find(items[2] as AskedItem))?.binding.clientId).toBe(9);
      expect((await find(items[4] as AskedItem))?.marks.manager).toBe('crm');
      expect(await find(items[5] as AskedItem)).toBeNull();
    });

    it.each([{ dryRun: true }, { atomic: true }, { atomic: true, dryRun: true }])(
      'says what would become of each, and stores nothing, when %j and one is refused',
      async (how) => {
        const { items, kinds } = await mixed();
        const before = await world.traces();
        const { applied, declared } = await change({ declare: items, ...how });
        expect([applied, declared.map(({ kind }) => kind)]).toEqual([false, kinds]);
        expect(await world.traces()).toEqual(before);
      },
    );

    it('stores all when all or none is asked for and none is refused, withdrawals too', async () => {
      const [gone, fresh] = [await world.declaredOne(), await world.inputOf()];
      const done = await change({ declare: [fresh], withdraw: withdrawing([gone.key]), atomic: true });
      expect(done).toEqual({
        applied: true,
        declared: [{ kind: 'created', generation: 1 }],
        withdrawn: [{ kind: 'removed' }],
      });
      expect([await find(gone), (await find(fresh))?.binding.generation]).toEqual([null, 1]);
    });

    it('creates as many as the partner may have, and refuses the rest one by one', async () => {
      const standing = await world.declaredOne();
      const items = [
        await world.inputOf(),
        { ...standing, spec: { ...standing.spec, clientId: 8 } },
        await world.inputOf(),
      ];
      const { declared } = await change({ declare: items, atMost: 2 });
      expect(declared).toEqual([
        { kind: 'created', generation: 1 },
        { kind: 'updated', generation: 2 },
        { kind: 'quota_reached', atMost: 2 },
      ]);
    });

    it('goes on counting the generations of what was withdrawn', async () => {
      const input = await world.declaredOne();
      await change({ declare: [{ ...input, spec: { ...input.spec, clientId: 3 } }] });
      await change({ withdraw: withdrawing([input.key]) });
      expect((await change({ declare: [input] })).declared).toEqual([{ kind: 'created', generation: 3 }]);
    });

    it('moves what is on a disconnected connection', async () => {
      const input = await world.declaredOne();
      const second = await world.connect();
      await world.stores.connections.disconnect(world.partnerId, world.connectionId);
      const { declared } = await change({
        declare: [{ ...input, connectionId: second }, await world.inputOf({ connectionId: second })],
      });
      expect(declared.map(({ kind }) => kind)).toEqual(['updated', 'created']);
      expect((await find(input))?.binding).toMatchObject({ connectionId: second, generation: 2 });
    });

    it('withdraws what is declared, in the name of its manager, and says of each what became of it', async () => {
      const marked = (manager: string | null) => world.declaredOne({ marks: { labels: {}, manager } });
      const [mine, free, theirs] = [await marked('crm'), await marked(null), await marked('erp')];
      const keys = [mine.key, free.key, theirs.key, aDidKey()];
      const own = await change({ withdraw: withdrawing(keys, { manager: 'crm', ownOnly: true }), dryRun: true });
      expect(own.withdrawn.map(({ kind }) => kind)).toEqual(['removed', 'not_found', 'not_found', 'not_found']);
      const all = await change({ withdraw: withdrawing(keys, { manager: 'crm' }) });
      expect(all.withdrawn).toEqual([
        { kind: 'removed' },
        { kind: 'removed' },
        { kind: 'manager_conflict', manager: 'erp' },
        { kind: 'not_found' },
      ]);
      expect([await find(mine), await find(free), (await find(theirs))?.marks.manager]).toEqual([null, null, 'erp']);
    });

    it('selects keys by manager, labels and connection, and counts what it leaves out', async () => {
      const { partnerId, connectionId } = world;
      const marked = async (team: string, manager: string | null, place = connectionId) =>
        (await world.declaredOne({ connectionId: place, marks: { labels: { team }, manager } })).key;
      const sales = [await marked('sales', 'crm'), await marked('sales', 'crm'), await marked('sales', 'crm')].sort();
      const support = await marked('support', 'crm');
      await marked('sales', 'erp');
      const elsewhere = await marked('sales', null, await world.connect());
      const select = (more: object) => world.stores.bindings.select({ partnerId, except: [], limit: 10, ...more });
      const labels = parseLabelSelector('team=sales') ?? [];
      expect(await select({ manager: 'crm', labels })).toEqual({ keys: sales, left: 3, all: 3 });
      expect(await select({ manager: 'crm', labels, limit: 2 })).toEqual({ keys: sales.slice(0, 2), left: 3, all: 3 });
      const except = [...sales.slice(1), aDidKey()];
      expect(await select({ manager: 'crm', except })).toEqual({
        keys: [...sales.slice(0, 1), support].sort(),
        left: 2,
        all: 4,
      });
      expect((await select({ labels })).all).toBe(5);
      expect(await select({ labels: parseLabelSelector('team=sales,!x') ?? [], manager: 'nobody' })).toEqual({
        keys: [],
        left: 0,
        all: 0,
      });
      const other = (await find({ key: elsewhere }))?.binding.connectionId;
      expect((await select({ connectionId: other })).keys).toEqual([elsewhere]);
      expect(
        (await world.stores.bindings.select({ partnerId: await world.given.partner(), except: [], limit: 10 })).all,
      ).toBe(0);
    });
  });
};
