import fc from 'fast-check';
import type { DidKey } from '@dialtone/domain';
import type { BulkAnswerDto } from '../src/bindings/bulk/bulk.dto';
import { allowedOf } from '../src/bindings/bulk/prune';
import { useGateway } from './gateway';

const BATCH = '/api/v2/voicelink/bindings:batch';
const MANAGERS = ['crm', 'erp'] as const;
const keyOf = (nth: number): DidKey => `9180112${String(nth).padStart(5, '0')}` as DidKey;
const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, nth) => nth);

describe('pruning what a manager names no more', () => {
  const gateway = useGateway();
  const { world } = gateway;
  const itemsOf = (numbers: readonly number[], more: object = {}): readonly object[] =>
    numbers.map((nth) => ({ number: keyOf(nth), agent_id: gateway.tenant.agentId, ...more }));
  const ask = (manager: string, numbers: readonly number[], more: object = {}) =>
    gateway.ask('POST', BATCH, { body: { manager, items: itemsOf(numbers), ...more } });
  const answerTo = async (...given: Parameters<typeof ask>): Promise<BulkAnswerDto> => {
    const { status, json } = await ask(...given);
    expect(status).toBe(200);
    return json.data;
  };
  const prunedBy = async (...given: Parameters<typeof ask>): Promise<readonly (string | null)[]> =>
    (await answerTo(...given)).pruned.map(({ key }) => key);
  /** Keys by manager. */
  const declared = (): ReadonlyMap<DidKey, string | null> =>
    new Map([...world.views.values()].map(({ binding, marks }) => [binding.key, marks.manager]));

  it('withdraws what the manager declared before and does not name now', async () => {
    await answerTo('crm', upTo(10));
    const answer = await answerTo('crm', upTo(9), { prune: true });
    expect(answer.pruned).toEqual([{ index: 0, key: keyOf(9), result: 'withdrawn' }]);
    expect(answer.summary).toEqual({ created: 0, updated: 0, unchanged: 9, withdrawn: 1, refused: 0 });
    expect([...declared().keys()].sort()).toEqual(upTo(9).map(keyOf));
  });

  it.each([
    { declares: 1, percent: 20, allowed: 1 },
    { declares: 4, percent: 20, allowed: 1 },
    { declares: 10, percent: 20, allowed: 2 },
    { declares: 14, percent: 20, allowed: 2 },
    { declares: 1_000, percent: 20, allowed: 200 },
    { declares: 1_000, percent: 0, allowed: 1 },
    { declares: 1_000, percent: 100, allowed: 1_000 },
    { declares: 0, percent: 20, allowed: 1 },
  ])('may withdraw $allowed of $declares at $percent %', ({ declares, percent, allowed }) => {
    expect(allowedOf(declares, percent)).toBe(allowed);
  });

  it('refuses a list that lost half of its lines, with the count, and does nothing at all', async () => {
    await answerTo('crm', upTo(500));
    const { status, json } = await ask('crm', [...upTo(250), 900], { prune: true });
    expect([status, json.error.code]).toEqual([409, 'PRUNE_LIMIT_EXCEEDED']);
    expect(json.error.message).toContain('250 of the 500 numbers that the manager "crm" declares');
    expect(json.error.message).toContain('at most 100 (20 %)');
    expect(json.error.details).toEqual([{ field: 'prune', message: 'Would withdraw 250 of 500.' }]);
    expect(world.views.size).toBe(500);
    expect((await ask('crm', upTo(250), { prune: true, dry_run: true })).status).toBe(409);
  });

  it('withdraws more when that is asked for', async () => {
    await answerTo('crm', upTo(20));
    expect(await prunedBy('crm', upTo(12), { prune: true, max_prune_percent: 40 })).toHaveLength(8);
    expect(await prunedBy('crm', [0], { prune: true, force: true })).toHaveLength(11);
    expect(world.views.size).toBe(1);
  });

  it('leaves alone what other requests of the same run declare', async () => {
    await answerTo('crm', upTo(10));
    const keep = upTo(8).map((nth) => `+${keyOf(nth)}`);
    expect(await prunedBy('crm', [8], { prune: true, keep })).toEqual([keyOf(9)]);
  });

  it.each([
    ['items', { items: [{ number: 'hello' }] }],
    ['keep', { keep: ['hello'] }],
    ['keep', { keep: [7] }],
  ])('does nothing when %s has what is no number: it may be one that is declared', async (field, more) => {
    await answerTo('crm', upTo(10));
    const { status, json } = await ask('crm', upTo(9), { prune: true, ...more });
    expect([status, json.error.details?.map((detail) => detail.field)]).toEqual([400, [field]]);
    expect(world.views.size).toBe(10);
  });

  it('counts a number as named although its item is refused', async () => {
    await answerTo('crm', upTo(10));
    const items = [...itemsOf(upTo(9)), ...itemsOf([9], { agent_id: 'x' })];
    const answer = await answerTo('crm', [], { prune: true, items });
    expect([answer.pruned, answer.summary.refused]).toEqual([[], 1]);
  });

  it('withdraws nothing in a dry run, nor beside a refusal when all or none is asked for', async () => {
    await answerTo('crm', upTo(10));
    const items = [...itemsOf(upTo(8)), ...itemsOf([8], { agent_id: 'x' })];
    for (const how of [{ dry_run: true }, { atomic: true }]) {
      const answer = await answerTo('crm', [], { prune: true, items, ...how });
      expect([answer.applied, answer.pruned.map(({ key }) => key)]).toEqual([false, [keyOf(9)]]);
    }
    expect(world.views.size).toBe(10);
    expect(await prunedBy('crm', upTo(9), { prune: true, atomic: true })).toEqual([keyOf(9)]);
    expect(world.views.size).toBe(9);
  });

  it('withdraws a thousand in one request, and says how many are left', async () => {
    for (const start of [0, 1_000])
      await answerTo(
        'crm',
        upTo(1_000).map((nth) => start + nth),
      );
    const first = await answerTo('crm', [0], { prune: true, force: true });
    expect([first.summary.withdrawn, first.left, world.views.size]).toEqual([1_000, 999, 1_000]);
  });

  const step = fc.record({
    manager: fc.constantFrom(...MANAGERS),
    numbers: fc.uniqueArray(fc.nat({ max: 11 }), { minLength: 1, maxLength: 12 }),
    prune: fc.boolean(),
    force: fc.boolean(),
    take_over: fc.boolean(),
    atomic: fc.boolean(),
  });

  it('never withdraws what another manager declares, nor more than its share unless forced', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 6 }), fc.uniqueArray(fc.nat({ max: 11 })), async (steps, free) => {
        gateway.reset();
        await gateway.ask('POST', BATCH, { body: { items: itemsOf(free.length === 0 ? [0] : free) } });
        for (const { manager, numbers, prune, force, ...how } of steps) {
          const before = declared();
          const own = [...before.values()].filter((one) => one === manager).length;
          const { status } = await ask(manager, numbers, { ...how, ...(prune && { prune, force }) });
          const after = declared();
          const gone = [...before].filter(([key]) => !after.has(key));
          expect(gone.filter(([, owner]) => owner !== manager)).toEqual([]);
          expect(gone.filter(([key]) => numbers.some((nth) => keyOf(nth) === key))).toEqual([]);
          if (!prune) expect(gone).toEqual([]);
          if (!force) expect(gone.length).toBeLessThanOrEqual(allowedOf(own, 20));
          if (status === 409) expect(after).toEqual(before);
          const taken = [...after].filter(([key, owner]) => (before.get(key) ?? owner) !== owner);
          if (!how.take_over) expect(taken).toEqual([]);
        }
      }),
      { numRuns: 40 },
    );
  });
});
