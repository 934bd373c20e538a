import type { PartnerId } from '@dialtone/domain';
import type { CallPolicies, CallPolicy } from './call-policy';
import { firstRow, type Queryable } from '../db';

const DEFAULT: CallPolicy = { countries: [], premium: false, callsPerDay: null };

export const callPolicyOf = async (db: Queryable, partnerId: PartnerId): Promise<CallPolicy> =>
  (await firstRow<CallPolicy>(
    db,
    `select countries, premium, calls_per_day::float8 as "callsPerDay" from call_policies where partner_id = $1`,
    [partnerId],
  )) ?? DEFAULT;

export class CallPolicyStore implements CallPolicies {
  constructor(private readonly db: Queryable) {}

  find(partnerId: PartnerId): Promise<CallPolicy> {
    return callPolicyOf(this.db, partnerId);
  }

  async set(partnerId: PartnerId, change: Partial<CallPolicy>): Promise<CallPolicy> {
    const { countries, premium, callsPerDay } = { ...(await this.find(partnerId)), ...change };
    await this.db.query(
      `insert into call_policies (partner_id, countries, premium, calls_per_day) values ($1, $2, $3, $4)
       on conflict (partner_id) do update
         set countries = excluded.countries, premium = excluded.premium, calls_per_day = excluded.calls_per_day`,
      [partnerId, countries, premium, callsPerDay],
    );
    return this.find(partnerId);
  }
}
