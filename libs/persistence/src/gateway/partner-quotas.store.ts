import type { PartnerId } from '@dialtone/domain';
import { firstRow, type Queryable, rows } from '../db';
import { type PartnerQuotas, type Quota, QUOTAS, type QuotaUse } from './quotas';

/** SQL: what counts towards each quota of partner $1. */
const USED: Readonly<Record<Quota, string>> = {
  agents: `select count(*) from agents where partner_id = $1 and deleted_at is null`,
  bindings: `select count(*) from bindings where partner_id = $1`,
  connections: `select count(*) from connections where partner_id = $1 and status = 'ACTIVE' and deleted_at is null`,
  phone_numbers: `select count(*) from phone_numbers where partner_id = $1`,
  kept_answer_bytes: `select coalesce(sum(bytes), 0) from kept_answers where partner_id = $1 and until > now()`,
  pauses: `select count(*) from pauses where partner_id = $1 and ended_at is null and until > now()`,
  webhooks: `select count(*) from webhooks where partner_id = $1`,
};

/** How much of a quota the partner uses. */
export const usedOf = async (db: Queryable, partnerId: PartnerId, quota: Quota): Promise<number> => {
  const row = await firstRow<{ used: number }>(db, `select (${USED[quota]})::float8 as used`, [partnerId]);
  return row?.used ?? 0;
};

/** SQL: what the operator has set for partner $1, or no row. */
export const SET_QUOTA = `select at_most from partner_quotas where partner_id = $1 and quota = `;

/** What holds for a partner: `configured` unless the operator has set another value; Infinity for any number. */
export const quotaOf = async (
  db: Queryable,
  partnerId: PartnerId,
  quota: Quota,
  configured = Infinity,
): Promise<number> => {
  const row = await firstRow<{ atMost: number }>(db, `select (${SET_QUOTA}$2)::float8 as "atMost"`, [partnerId, quota]);
  const atMost = row?.atMost ?? configured;
  return atMost === 0 ? Infinity : atMost;
};

export class PartnerQuotaStore implements PartnerQuotas {
  constructor(private readonly db: Queryable) {}

  async list(partnerId: PartnerId): Promise<readonly QuotaUse[]> {
    const uses: QuotaUse[] = [];
    const set = await rows<{ quota: Quota; atMost: number }>(
      this.db,
      `select quota, at_most::float8 as "atMost" from partner_quotas where partner_id = $1`,
      [partnerId],
    );
    for (const quota of QUOTAS) {
      const atMost = set.find((one) => one.quota === quota)?.atMost ?? null;
      uses.push({ quota, atMost, used: await usedOf(this.db, partnerId, quota) });
    }
    return uses;
  }

  async set(partnerId: PartnerId, change: Parameters<PartnerQuotas['set']>[1]): Promise<void> {
    for (const quota of QUOTAS) {
      const atMost = change[quota];
      if (atMost === null) {
        await this.db.query(`delete from partner_quotas where partner_id = $1 and quota = $2`, [partnerId, quota]);
      } else if (atMost !== undefined) {
        await this.db.query(
          `insert into partner_quotas (partner_id, quota, at_most) values ($1, $2, $3)
           on conflict (partner_id, quota) do update set at_most = excluded.at_most`,
          [partnerId, quota, atMost],
        );
      }
    }
  }
}
