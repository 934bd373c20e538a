import { AsyncLocalStorage } from 'node:async_hooks';
import type { PartnerId } from '@dialtone/domain';

const partner = new AsyncLocalStorage<PartnerId>();

/**
 * Counts the database work that `work` begins, and all that follows from it, towards the partner's share of the pool. Work
 * outside of it (the reconciler's, look-ups of keys, health) has no share to keep to.
 */
export const onBehalfOf = <T>(partnerId: PartnerId, work: () => T): T => partner.run(partnerId, work);

/** The partner whose work this is; undefined for work of none. */
export const currentPartner = (): PartnerId | undefined => partner.getStore();
