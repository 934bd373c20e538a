import type { PartnerId } from '@dialtone/domain';
import type { Queryable } from '../db';

/** One at a time per partner, for what is decided over all that it has. First in the order of locks. */
export const lockPartner = async (tx: Queryable, partnerId: PartnerId): Promise<void> => {
  await tx.query(`select 1 from partners where id = $1 for no key update`, [partnerId]);
};
