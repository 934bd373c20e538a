import type { PhoneNumberId } from '@dialtone/domain';
import type { Queryable } from '../db';
import { POINTED_PROVIDERS } from './number-pointings';
import type { PhoneNumberChange } from './phone-number-inventory';
import { NUMBERS } from './phone-number-rows';

/** SQL: a number (`p`, `c`, `a` of `NUMBERS`) whose inbound calls an agent answers here. */
export const TAKES_CALLS_HERE = `p.status = 'ACTIVE' and p.inbound_enabled and a.id is not null
  and c.status = 'ACTIVE' and c.deleted_at is null`;

/** Whether a partner asks for the inbound calls with this change, also when it repeats what it asked for before. */
const asks = ({ agentId, inboundEnabled, status }: PhoneNumberChange): boolean =>
  (agentId !== undefined && agentId !== null) || inboundEnabled === true || status === 'ACTIVE';

/**
 * In the transaction that changed the number, whose row it has locked: makes the number due when its carrier has to be told. A turn
 * that is under way notes nothing any more.
 */
export const askForPointing = async (tx: Queryable, id: PhoneNumberId, change: PhoneNumberChange): Promise<void> => {
  if (!asks(change)) return;
  await tx.query(
    `insert into number_pointings as i (number_id, wish, state, due_at)
     select p.id, 'point', 'pending', now() from ${NUMBERS} where p.id = $1 and c.provider = any($2) and ${TAKES_CALLS_HERE}
     on conflict (number_id) do update
       set wish = 'point', turn = i.turn + 1, tries = 0, due_at = now(), error = null,
           state = case when i.wish = 'point' and i.state = 'pointed' then i.state else 'pending' end,
           updated_at = case when i.wish = 'point' and i.state = 'pointed' then i.updated_at else now() end`,
    [id, POINTED_PROVIDERS],
  );
};
