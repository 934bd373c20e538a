import type { NumberedBasis, PartnerId } from '@dialtone/domain';
import { usePostgres } from '@dialtone/persistence/testing';
import { PLANS_KEPT } from './plan-store';

const postgres = usePostgres();

const basis = (key: string): NumberedBasis => ({
  key,
  asked: 'a',
  declaration: 'b',
  did: 'c',
  bots: 'd',
  routing: 'e',
  inventory: 'f',
  steps: 'g',
});

describe('what plans stood on', () => {
  let partnerId: PartnerId;
  beforeEach(async () => {
    ({ partnerId } = await postgres.given.connection());
  });

  it('is remembered for the partner that planned', async () => {
    const { plans } = postgres.stores;
    const other = await postgres.given.connection();
    await plans.remember(partnerId, 'one', [basis('918011223344'), basis('918011223355')]);
    expect(await plans.recall(partnerId, 'one')).toEqual([basis('918011223344'), basis('918011223355')]);
    expect(await plans.recall(other.partnerId, 'one')).toBeNull();
    expect(await plans.recall(partnerId, 'two')).toBeNull();
  });

  it('is forgotten after a day, unless the same is planned again', async () => {
    const { plans } = postgres.stores;
    await plans.remember(partnerId, 'one', [basis('918011223344')]);
    await plans.remember(partnerId, 'two', [basis('918011223344')]);
    await postgres.query(`update binding_plans set planned_at = now() - interval '25 hours'`);
    expect(await plans.recall(partnerId, 'one')).toBeNull();
    await plans.remember(partnerId, 'one', [basis('918011223344')]);
    expect(await plans.recall(partnerId, 'one')).toHaveLength(1);
    expect(await postgres.query('select hash from binding_plans')).toEqual([{ hash: 'one' }]);
  });

  it('is kept of the last plans of a partner only', async () => {
    const { plans } = postgres.stores;
    for (let nth = 0; nth <= PLANS_KEPT; nth += 1) await plans.remember(partnerId, `plan ${String(nth)}`, []);
    expect(await plans.recall(partnerId, 'plan 0')).toBeNull();
    expect(await plans.recall(partnerId, 'plan 1')).toEqual([]);
    expect(await postgres.query('select 1 from binding_plans')).toHaveLength(PLANS_KEPT);
  });
});
