import { CONDITION_TYPES, conditionsOf, type Condition, type Outcome } from '@dialtone/engine';
import { updateOf } from '@dialtone/testing';
import { type DeclareInput, GatewayWorld, type MakeGatewayHarness } from './gateway-harness';

const SETTLED: Outcome = { kind: 'settled' };
const WAITING: Outcome = { kind: 'progressing', requeueAfterMs: 1, reason: 'A hold.' };
const FAILED: Outcome = { kind: 'retry', error: 'No answer.', retryAfterMs: null };
const STALLED: Outcome = { kind: 'stalled', issues: [], message: 'Renew it.', reason: 'DID_EXPIRED' };

type Conditions = Readonly<Record<Condition['type'], Condition>>;

/** What BindingStore and those that write beside it keep of a declaration, as far as its conditions show it. */
export const describeConditions = (name: string, make: MakeGatewayHarness): void => {
  describe(`${name} keeps what the conditions of a declaration are dated by`, () => {
    const world = GatewayWorld.use(make);

    const conditionsNow = async ({ partnerId, key }: DeclareInput): Promise<Conditions> => {
      const view = await world.stores.bindings.find(partnerId, key);
      if (view === null) throw new Error(`${key} is not declared.`);
      const { binding, status, readiness, record } = view;
      const verdict = { ...readiness, observedAt: readiness.observedAt?.getTime() ?? null };
      const facts = { generation: binding.generation, mode: binding.mode, status, verdict, record };
      const all = conditionsOf(facts, { freshForMs: 3_600_000, mode: 'enforce', dryRun: false });
      return Object.fromEntries(all.map((one) => [one.type, one])) as unknown as Conditions;
    };

    /** The conditions whose status and those whose time is another one after something happened; they must be the same. */
    const turnedBy = async (input: DeclareInput, happen: () => Promise<unknown>): Promise<readonly string[]> => {
      const before = await conditionsNow(input);
      await world.pass(5);
      const begun = await world.now();
      await happen();
      const after = await conditionsNow(input);
      const moved = CONDITION_TYPES.filter((type) => before[type].lastTransitionAt !== after[type].lastTransitionAt);
      expect(moved).toEqual(CONDITION_TYPES.filter((type) => before[type].status !== after[type].status));
      for (const type of moved) expect(after[type].lastTransitionAt).toBeGreaterThanOrEqual(begun);
      return moved.map((type) => `${type} ${after[type].status}`);
    };

    const saw = (input: DeclareInput, issues: readonly 'NO_BOT'[]) => async (): Promise<void> => {
      await world.given.saw(input.connectionId, updateOf(input.key, { issues, at: await world.now() }));
    };
    const reconciled = (input: DeclareInput, outcome: Outcome) => (): Promise<void> =>
      world.given.reconciled(input, outcome, 0);

    it('begins them all when it is declared', async () => {
      const begun = await world.now();
      const conditions = Object.values(await conditionsNow(await world.declaredOne()));
      expect(conditions.map(({ type, status }) => `${type} ${status}`)).toEqual([
        'Ready Unknown',
        'Synced Unknown',
        'Progressing True',
        'Stalled False',
        'DataFresh Unknown',
        'WritesAllowed True',
      ]);
      for (const { lastTransitionAt } of conditions) expect(lastTransitionAt).toBeGreaterThanOrEqual(begun);
    });

    it('turns those of the outcome as it changes', async () => {
      const input = await world.declaredOne();
      expect(await turnedBy(input, reconciled(input, FAILED))).toEqual(['Synced False']);
      expect(await turnedBy(input, reconciled(input, WAITING))).toEqual([]);
      expect(await turnedBy(input, reconciled(input, STALLED))).toEqual(['Progressing False', 'Stalled True']);
      expect(await conditionsNow(input)).toMatchObject({ Stalled: { reason: 'DID_EXPIRED', message: 'Renew it.' } });
      expect(await turnedBy(input, reconciled(input, STALLED))).toEqual([]);
      expect(await turnedBy(input, reconciled(input, SETTLED))).toEqual(['Synced True', 'Stalled False']);
      const other = () => world.declare({ ...input, spec: { ...input.spec, clientId: 415 } });
      expect(await turnedBy(input, other)).toEqual(['Synced Unknown', 'Progressing True']);
      expect(await turnedBy(input, reconciled(input, SETTLED))).toEqual(['Synced True', 'Progressing False']);
    });

    it('turns those of the verdict as it changes', async () => {
      const input = await world.declaredOne();
      expect(await turnedBy(input, saw(input, ['NO_BOT']))).toEqual(['Ready False', 'DataFresh True']);
      expect(await turnedBy(input, saw(input, ['NO_BOT']))).toEqual([]);
      expect(await turnedBy(input, saw(input, []))).toEqual(['Ready True']);
    });

    it('knows a verdict that is older than the declaration from its beginning on', async () => {
      const input = await world.inputOf();
      await saw(input, [])();
      await world.pass(5);
      const begun = await world.now();
      await world.declare(input);
      const { Ready } = await conditionsNow(input);
      expect(Ready.status).toBe('True');
      expect(Ready.lastTransitionAt).toBeGreaterThanOrEqual(begun);
    });

    it('turns WritesAllowed when mode and hold together say something else', async () => {
      const input = await world.declaredOne();
      const hold = () => world.given.holdWrites(input.connectionId, 'Too many vanished.');
      const acknowledge = () => world.stores.connections.acknowledgeHold(input.partnerId, input.connectionId, 'key-1');
      const mode = (mode: 'observe' | 'enforce') => () => world.declare({ ...input, spec: { ...input.spec, mode } });
      expect(await turnedBy(input, hold)).toEqual(['WritesAllowed False']);
      expect(await conditionsNow(input)).toMatchObject({ WritesAllowed: { message: 'Too many vanished.' } });
      expect(await turnedBy(input, mode('observe'))).toEqual([]);
      expect(await turnedBy(input, acknowledge)).toEqual([]);
      expect(await turnedBy(input, hold)).toEqual([]);
      expect(await turnedBy(input, mode('enforce'))).toEqual([]);
      expect(await turnedBy(input, acknowledge)).toEqual(['WritesAllowed True']);
      expect(await turnedBy(input, mode('observe'))).toEqual(['WritesAllowed False']);
      expect(await turnedBy(input, mode('enforce'))).toEqual(['WritesAllowed True']);
    });

    it('stalls it with its connection, and begins anew on another one', async () => {
      const input = await world.declaredOne();
      await world.pass(5);
      await world.stores.connections.disconnect(input.partnerId, input.connectionId);
      expect(await conditionsNow(input)).toMatchObject({
        Synced: { status: 'False', reason: 'STALLED' },
        Stalled: { status: 'True', reason: 'DISCONNECTED' },
        WritesAllowed: { status: 'False', reason: 'DISCONNECTED' },
      });
      await world.pass(5);
      const moved = await world.now();
      await world.declare({ ...input, connectionId: await world.connect() });
      for (const { lastTransitionAt } of Object.values(await conditionsNow(input)))
        expect(lastTransitionAt).toBeGreaterThanOrEqual(moved);
      expect(await conditionsNow(input)).toMatchObject({
        Stalled: { status: 'False' },
        WritesAllowed: { status: 'True' },
      });
    });
  });
};
