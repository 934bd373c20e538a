import type { PartnerId } from '@dialtone/domain';

/** What a partner may have so much of. The names are in answers and in admin commands, and stay. */
export const QUOTAS = [
  'agents',
  'bindings',
  'connections',
  'phone_numbers',
  'kept_answer_bytes',
  'pauses',
  'webhooks',
] as const;

export type Quota = (typeof QUOTAS)[number];

/** A partner has as much as a quota allows, or would have more. Nothing was written. */
export class QuotaReachedError extends Error {
  override readonly name = 'QuotaReachedError';

  /** `freeInMs`: when some of it ends by itself; null if it never does. */
  constructor(
    readonly quota: Quota,
    readonly atMost: number,
    readonly freeInMs: number | null = null,
  ) {
    super(`The quota ${quota} of this partner is ${String(atMost)}.`);
  }
}

export interface QuotaUse {
  readonly quota: Quota;
  /** What the operator has set for this partner; 0 for any number. Null: as configured. */
  readonly atMost: number | null;
  readonly used: number;
}

/** What the operator allows one partner instead of what is configured for all. */
export interface PartnerQuotas {
  /** All quotas. */
  list(partnerId: PartnerId): Promise<readonly QuotaUse[]>;
  /** Null: as configured; 0: any number. Quotas that are left out stay. */
  set(partnerId: PartnerId, change: Readonly<Partial<Record<Quota, number | null>>>): Promise<void>;
}
