import type { ConnectionId } from '@dialtone/domain';
import type { Queryable } from '../db';

/**
 * After a connection came from the account `former`: what lists have shown there goes with it, unless the partner remembers
 * lists of its account already, which are the ones to believe. What none of the partner's connections can read any more is forgotten.
 */
export const carryLists = async (tx: Queryable, id: ConnectionId, former: string): Promise<void> => {
  await tx.query(
    `insert into account_lists (account_id, partner_id, section, version, memory, suspect_since, whole_at)
     select me.account_id, l.partner_id, l.section, l.version, l.memory, l.suspect_since, l.whole_at
       from connections me join account_lists l on l.account_id = $2 and l.partner_id = me.partner_id
      where me.id = $1
     on conflict (account_id, partner_id, section) do nothing`,
    [id, former],
  );
  await tx.query(
    `delete from account_lists l using connections me
      where me.id = $1 and l.account_id = $2 and l.partner_id = me.partner_id
        and not exists (select 1 from connections o where o.account_id = $2 and o.partner_id = me.partner_id)`,
    [id, former],
  );
};

/** Of another user's clients nothing is proven by lists that were whole for the user before. */
export const doubtLists = async (tx: Queryable, id: ConnectionId): Promise<void> => {
  await tx.query(
    `update account_lists l set whole_at = null
       from connections me where me.id = $1 and l.account_id = me.account_id and l.partner_id = me.partner_id`,
    [id],
  );
};
