import type { AllowedDestinations, PartnerId } from '@dialtone/domain';

/** What an operator allows a partner. */
export interface CallPolicy extends AllowedDestinations {
  /** Null: as configured; 0: any number. */
  readonly callsPerDay: number | null;
}

/** A partner for which nothing is set has no further countries, no premium numbers, and the configured calls a day. */
export interface CallPolicies {
  find(partnerId: PartnerId): Promise<CallPolicy>;
  /** Fields that are left out stay. */
  set(partnerId: PartnerId, change: Partial<CallPolicy>): Promise<CallPolicy>;
}
