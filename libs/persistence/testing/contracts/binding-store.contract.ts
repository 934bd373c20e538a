import type { DidKey } from '@dialtone/domain';
import { aDidKey, anAgentId, aSpec, updateOf } from '@dialtone/testing';
import type { Precondition } from '@dialtone/engine';
import { type DeclareResult, InvalidCursorError } from '../../src';
import { type DeclareInput, GatewayWorld, type MakeGatewayHarness } from './gateway-harness';

/** The contract of BindingStore; every form of it passes the same tests. */
export const describeBindingStore = (name: string, make: MakeGatewayHarness): void => {
  describe(`${name} as a store of bindings`, () => {
    const world = GatewayWorld.use(make);
    const remove = async (
      input: DeclareInput,
      precondition: Precondition,
      partnerId = input.partnerId,
    ): Promise<string> =>
      (await world.stores.bindings.remove({ partnerId, key: input.key, actor: 'key-1', precondition })).kind;
    const dueAt = async ({ partnerId, key }: DeclareInput): Promise<number | undefined> =>
      (await world.stores.bindings.find(partnerId, key))?.status.nextReconcileAt.getTime();

    describe('declaring a binding', () => {
      it('stores it pending and due, with the UNKNOWN verdict of its key', async () => {
        const input = await world.inputOf();
        const result = await world.declare(input);
        const view = await world.stores.bindings.find(input.partnerId, input.key);
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
        expect(view?.status.nextReconcileAt.getTime()).toBeLessThanOrEqual(await world.now());
      });

      it('is refused beyond what the partner may have, also when several are new at the same time, and changes are not', async () => {
        const inputs = await Promise.all([1, 2, 3, 4].map(() => world.inputOf({ atMost: 2 })));
        const made = await Promise.allSettled(inputs.map((input) => world.declare(input)));
        const refused = made.filter((result) => result.status === 'rejected').map(({ reason }) => reason as unknown);
        expect(refused).toEqual(Array(2).fill(expect.objectContaining({ quota: 'bindings', atMost: 2 })));
        const declared = inputs.filter((_, nth) => made[nth]?.status === 'fulfilled');
        const [first] = declared;
        if (first === undefined) throw new Error('two were declared');
        const changed = { ...first, spec: { ...first.spec, clientId: 415 } };
        expect(await world.declare(changed)).toMatchObject({ kind: 'updated' });
        await remove(first, { kind: 'none' });
        expect(await world.declare(await world.inputOf({ atMost: 2 }))).toMatchObject({ kind: 'created' });
      });

      it('starts over when something else is declared', async () => {
        const input = await world.declaredOne();
        const stalled = { kind: 'stalled', issues: ['NO_BOT'], message: 'Do something.' } as const;
        await world.given.reconciled(input, stalled, 3_600_000);
        expect((await world.stores.bindings.find(input.partnerId, input.key))?.status).toMatchObject({
          outcome: 'stalled',
          message: 'Do something.',
          observedGeneration: 1,
          attempts: 1,
        });
        const result = await world.declare({ ...input, spec: { ...input.spec, clientId: 415 } });
        expect(result).toMatchObject({
          kind: 'updated',
          view: {
            binding: { generation: 2, clientId: 415 },
            status: { outcome: 'pending', message: null, observedGeneration: 1, attempts: 0 },
          },
        });
        expect(await dueAt(input)).toBeLessThanOrEqual(await world.now());
      });

      it('refuses an agent that is missing, deleted or foreign, and leaves no trace', async () => {
        const deleted = await world.agent();
        await world.stores.agents.remove(world.partnerId, deleted);
        const foreign = await world.agent(await world.given.partner());
        const before = await world.traces();
        for (const agentId of [anAgentId(), deleted, foreign]) {
          expect(await world.declare(await world.inputOf({ spec: aSpec({ agentId }) }))).toEqual({
            kind: 'agent_not_found',
          });
        }
        expect(await world.traces()).toEqual(before);
      });

      it("refuses another partner's connection as if it were missing", async () => {
        const foreign = await world.connect(await world.given.partner());
        expect(await world.declare(await world.inputOf({ connectionId: foreign }))).toEqual({
          kind: 'connection_not_found',
        });
      });

      it('refuses a connection to another carrier as if it were missing', async () => {
        const { partnerId } = world;
        const credentials = { auth_id: 'a', auth_token: 't' };
        const input = { partnerId, provider: 'vobiz', name: 'Vobiz', baseUrl: null, credentials } as const;
        const { id: connectionId } = await world.stores.connections.create(input);
        expect(await world.declare(await world.inputOf({ connectionId }))).toEqual({ kind: 'connection_not_found' });
      });

      it('refuses a key that is declared on another connection of the partner', async () => {
        const input = await world.declaredOne();
        const second = await world.connect();
        const before = await world.traces();
        expect(await world.declare({ ...input, connectionId: second })).toEqual({
          kind: 'connection_conflict',
          connectionId: world.connectionId,
        });
        expect(await world.traces()).toEqual(before);
      });

      it.each(['the same', 'another'])(
        'moves it from a disconnected connection, with %s declaration',
        async (which) => {
          const input = await world.declaredOne();
          const second = await world.connect();
          await world.stores.connections.disconnect(world.partnerId, world.connectionId);
          const spec = which === 'the same' ? input.spec : { ...input.spec, clientId: 9 };
          const moved = await world.declare({ ...input, spec, connectionId: second });
          const view = await world.stores.bindings.find(input.partnerId, input.key);
          expect(moved).toEqual({ kind: 'updated', view });
          expect(view).toMatchObject({
            binding: { ...spec, connectionId: second, generation: 2 },
            status: { outcome: 'pending', message: null, attempts: 0 },
            readiness: { connectionId: second, state: 'UNKNOWN', stale: false, observedAt: null, declared: true },
          });
          expect(await dueAt(input)).toBeLessThanOrEqual(await world.now());
          expect(await world.declare({ ...input, spec, connectionId: second })).toMatchObject({ kind: 'unchanged' });
        },
      );

      it('moves it under its precondition only', async () => {
        const input = await world.declaredOne();
        const second = await world.connect();
        await world.stores.connections.disconnect(world.partnerId, world.connectionId);
        const move = (precondition: Precondition) => world.declare({ ...input, connectionId: second, precondition });
        const stale = { kind: 'precondition_failed', generation: 1 };
        expect(await move({ kind: 'generation', generation: 2 })).toEqual(stale);
        expect(await move({ kind: 'absent' })).toEqual(stale);
        expect(await move({ kind: 'generation', generation: 1 })).toMatchObject({ kind: 'updated' });
      });
    });

    describe('a binding whose agent is deleted', () => {
      it('says so, until another one is declared', async () => {
        const input = await world.inputOf();
        await world.declare(input);
        await world.stores.agents.remove(input.partnerId, input.spec.agentId);
        expect(await world.stores.bindings.find(input.partnerId, input.key)).toMatchObject({ agentDeleted: true });
        const agentId = await world.agent(input.partnerId, 'Successor');
        await world.declare({ ...input, spec: { ...input.spec, agentId } });
        expect(await world.stores.bindings.find(input.partnerId, input.key)).toMatchObject({
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
        const input = given === 'nothing' ? await world.inputOf() : await world.declaredOne();
        const before = await world.traces();
        const result = await world.declare({ ...input, precondition, spec: { ...input.spec, clientId: 9 } });
        expect(result.kind).toBe(want);
        if (result.kind !== 'precondition_failed') return;
        expect(result.generation).toBe(given === 'nothing' ? null : 1);
        expect(await world.traces()).toEqual(before);
      });
    });

    describe('removing a binding', () => {
      it('removes it once, with its event, and keeps the verdict of the key', async () => {
        const input = await world.declaredOne();
        expect(await remove(input, { kind: 'none' })).toBe('removed');
        expect(await remove(input, { kind: 'none' })).toBe('not_found');
        expect(await world.stores.bindings.find(input.partnerId, input.key)).toBeNull();
        const { items } = await world.stores.readiness.list({ partnerId: input.partnerId, limit: 10 });
        expect(items).toMatchObject([{ key: input.key, declared: false }]);
      });

      it('checks the precondition and the partner', async () => {
        const input = await world.declaredOne();
        const other = await world.given.partner();
        expect(await remove(input, { kind: 'none' }, other)).toBe('not_found');
        expect(await remove(input, { kind: 'generation', generation: 2 })).toBe('precondition_failed');
        expect(await remove(input, { kind: 'generation', generation: 1 })).toBe('removed');
      });

      it('never gives two contents the same generation', async () => {
        const input = await world.declaredOne();
        await world.declare({ ...input, spec: { ...input.spec, clientId: 5 } });
        await remove(input, { kind: 'none' });
        expect(await world.declare(input)).toMatchObject({ kind: 'created', view: { binding: { generation: 3 } } });
        expect(await remove(input, { kind: 'generation', generation: 2 })).toBe('precondition_failed');
        await remove(input, { kind: 'none' });
        const second = await world.connect();
        expect(await world.declare({ ...input, connectionId: second })).toMatchObject({
          view: { binding: { generation: 4 } },
        });
      });
    });

    describe('removing a binding that has something to release', () => {
      const released = async () => {
        const input = await world.inputOf();
        await world.declare({ ...input, spec: { ...input.spec, release: 'outbound_off' } });
        expect(await remove(input, { kind: 'none' })).toBe('releasing');
        return input;
      };

      it('keeps it in sight, due and no longer declared, and asks once', async () => {
        const input = await released();
        const view = await world.stores.bindings.find(input.partnerId, input.key);
        expect(view).toMatchObject({
          binding: { releasing: 'outbound_off', generation: 2 },
          status: { outcome: 'pending' },
          readiness: { declared: false },
        });
        expect(await dueAt(input)).toBeLessThanOrEqual(await world.now());
        const before = await world.traces();
        expect(await remove(input, { kind: 'none' })).toBe('releasing');
        expect(await world.traces()).toEqual(before);
      });

      it('ends it at once with keep, and takes another release instead', async () => {
        const { partnerId, key } = await released();
        const claim = { partnerId, key, actor: 'key-1', precondition: { kind: 'none' } } as const;
        const { bindings } = world.stores;
        expect(await bindings.remove({ ...claim, release: 'unassign_agent' })).toMatchObject({ kind: 'releasing' });
        expect(await bindings.find(partnerId, key)).toMatchObject({ binding: { releasing: 'unassign_agent' } });
        expect(await bindings.remove({ ...claim, release: 'keep' })).toEqual({ kind: 'removed' });
        expect(await bindings.find(partnerId, key)).toBeNull();
      });

      it('is declared again by whatever declares it, and then is no release any more', async () => {
        const input = await released();
        const again = await world.declare({ ...input, spec: { ...input.spec, release: 'outbound_off' } });
        expect(again).toMatchObject({ kind: 'updated', view: { binding: { generation: 3 } } });
        const view = await world.stores.bindings.find(input.partnerId, input.key);
        expect(view?.binding.releasing).toBeUndefined();
        expect(view?.readiness.declared).toBe(true);
      });

      it('is none of those that a label or a manager selects', async () => {
        const { partnerId } = await released();
        const all = { partnerId, except: [], limit: 10 };
        expect(await world.stores.bindings.select(all)).toEqual({ keys: [], left: 0, all: 0 });
      });

      it('has nothing to wait for on a disconnected connection', async () => {
        const input = await world.inputOf();
        await world.declare({ ...input, spec: { ...input.spec, release: 'outbound_off' } });
        await world.stores.connections.disconnect(world.partnerId, world.connectionId);
        expect(await remove(input, { kind: 'none' })).toBe('removed');
      });
    });

    describe('reading bindings', () => {
      it('finds those of several partners at once, without those that are not declared', async () => {
        const one = await world.declaredOne();
        const partnerId = await world.given.partner();
        const spec = aSpec({ agentId: await world.agent(partnerId) });
        const two = await world.declaredOne({ partnerId, connectionId: await world.connect(partnerId), spec });
        const places = [one, two, { partnerId, key: one.key }].map(({ partnerId: owner, key }) => ({
          partnerId: owner,
          key,
        }));
        const found = await world.stores.bindings.findAll(places);
        const views = await Promise.all(
          [one, two].map((input) => world.stores.bindings.find(input.partnerId, input.key)),
        );
        expect(found.map(({ binding }) => binding.key).sort()).toEqual([one.key, two.key].sort());
        expect(new Set(found.map(({ binding }) => binding.id))).toEqual(new Set(views.map((view) => view?.binding.id)));
      });

      it("shows a partner its own bindings only, and another's nowhere", async () => {
        const input = await world.declaredOne();
        const other = await world.given.partner();
        expect(await world.stores.bindings.find(other, input.key)).toBeNull();
        expect(await world.stores.bindings.trigger(other, input.key)).toBeNull();
        expect(await world.stores.bindings.list({ partnerId: other, limit: 10 })).toEqual({
          items: [],
          nextCursor: null,
        });
      });

      it('pages by key without a gap or a repetition, also while keys are added', async () => {
        const keys: DidKey[] = [];
        for (let nth = 0; nth < 7; nth += 1) keys.push((await world.declaredOne()).key);
        const seen: DidKey[] = [];
        let cursor: string | null | undefined;
        do {
          const page: { items: readonly { binding: { key: DidKey } }[]; nextCursor: string | null } =
            await world.stores.bindings.list({
              partnerId: world.partnerId,
              limit: 3,
              ...(cursor ? { cursor } : {}),
            });
          seen.push(...page.items.map(({ binding }) => binding.key));
          cursor = page.nextCursor;
          const added = await world.declaredOne({ key: aDidKey('910000000001') });
          await remove(added, { kind: 'none' });
        } while (cursor !== null);
        expect(seen).toEqual(keys.sort());
      });

      it('filters by connection, agent and state', async () => {
        const one = await world.declaredOne();
        const two = await world.declaredOne();
        const second = await world.connect();
        const three = await world.declaredOne({ connectionId: second });
        const broken = updateOf(two.key, { issues: ['NO_BOT'] });
        await world.given.saw(world.connectionId, broken);
        const list = async (filter: object): Promise<readonly DidKey[]> => {
          const { items } = await world.stores.bindings.list({ partnerId: world.partnerId, limit: 10, ...filter });
          return items.map(({ binding }) => binding.key);
        };
        expect(await list({ connectionId: second })).toEqual([three.key]);
        expect(await list({ agentId: one.spec.agentId })).toEqual([one.key]);
        expect(await list({ state: 'NO_BOT' })).toEqual([two.key]);
        expect(await list({ state: 'UNKNOWN' })).toEqual([one.key, three.key].sort());
      });

      it.each(['', 'x', Buffer.from('["1","2"]').toString('base64url'), Buffer.from('[1]').toString('base64url')])(
        'refuses a cursor that it did not hand out: %j',
        async (cursor) => {
          const { partnerId } = world;
          await expect(world.stores.bindings.list({ partnerId, limit: 3, cursor })).rejects.toThrow(InvalidCursorError);
        },
      );

      it('triggers a binding: due now, whatever was scheduled', async () => {
        const input = await world.declaredOne();
        await world.given.reconciled(input, { kind: 'settled' }, 3_600_000);
        expect(await dueAt(input)).toBeGreaterThan(await world.now());
        const triggered = await world.stores.bindings.trigger(input.partnerId, input.key);
        expect(triggered?.dueAt.getTime()).toBeLessThanOrEqual(await world.now());
        expect(await dueAt(input)).toBe(triggered?.dueAt.getTime());
        expect(await world.stores.bindings.trigger(input.partnerId, aDidKey())).toBeNull();
      });
    });
  });
};
