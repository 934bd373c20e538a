import { PLAN_PARTS, type NumberedBasis, type PartnerId, type PlanPart } from '@dialtone/domain';
import { firstRow, json, type Queryable } from '../db';
import { PLAN_KEPT_MS, PLANS_KEPT, type PlanStore as PlanContract } from './plan-store';

const FRESH = `planned_at > now() - ${String(PLAN_KEPT_MS)} * interval '1 millisecond'`;

/** One row for a plan: names of fields a thousand times would be most of it. */
const REMEMBER = `
  with forgotten as (
    delete from binding_plans p using (
      select hash, row_number() over (order by planned_at desc, hash) as nth, ${FRESH} as fresh
        from binding_plans where partner_id = $1 and hash <> $2
    ) old
     where p.partner_id = $1 and p.hash = old.hash and (old.nth >= ${String(PLANS_KEPT)} or not old.fresh)
  )
  insert into binding_plans (partner_id, hash, numbers) values ($1, $2, $3)
  on conflict (partner_id, hash) do update set planned_at = now()`;

const RECALL = `select numbers from binding_plans where partner_id = $1 and hash = $2 and ${FRESH}`;

type StoredNumber = readonly string[];

const toStored = (one: NumberedBasis): StoredNumber => [one.key, ...PLAN_PARTS.map((part) => one[part])];

const fromStored = ([key = '', ...parts]: StoredNumber): NumberedBasis => ({
  key,
  ...(Object.fromEntries(PLAN_PARTS.map((part, nth) => [part, parts[nth] ?? ''])) as Record<PlanPart, string>),
});

export class PlanStore implements PlanContract {
  constructor(private readonly db: Queryable) {}

  async remember(partnerId: PartnerId, hash: string, numbers: readonly NumberedBasis[]): Promise<void> {
    await this.db.query(REMEMBER, [partnerId, hash, json(numbers.map(toStored))]);
  }

  async recall(partnerId: PartnerId, hash: string): Promise<readonly NumberedBasis[] | null> {
    const row = await firstRow<{ readonly numbers: readonly StoredNumber[] }>(this.db, RECALL, [partnerId, hash]);
    return row && row.numbers.map(fromStored);
  }
}
