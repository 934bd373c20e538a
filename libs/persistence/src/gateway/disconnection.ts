import type { ConnectionId, PartnerId } from '@dialtone/domain';
import { resourcePrefixes, sweepResource } from '@dialtone/engine';
import { firstRow, type Queryable, wake } from '../db';
import { recogniseAround } from '../engine/shared-accounts';

interface CurrentRow {
  readonly provider: string;
  readonly status: string;
  readonly is_default: boolean;
}

/**
 * Ends what runs on a connection, in a transaction that has locked the partner: access, sweeps, leases of running work. From then
 * on nothing new begins on it. Numbers, verdicts and bindings are left to `endNextKeys`: there may be millions. False when the
 * partner has no such connection; repeating it changes nothing. Order of locks: connection, leases; as everywhere.
 */
export const disconnect = async (tx: Queryable, partnerId: PartnerId, id: ConnectionId): Promise<boolean> => {
  const current = await firstRow<CurrentRow>(
    tx,
    `select provider, status, is_default from connections
      where id = $1 and partner_id = $2 and deleted_at is null for no key update`,
    [id, partnerId],
  );
  if (current === null) return false;
  if (current.status === 'DISCONNECTED') return true;
  await tx.query(
    `update connections set status = 'DISCONNECTED', is_default = false, disconnected_at = now(), ends_after = '', updated_at = now()
      where id = $1`,
    [id],
  );
  if (current.is_default) await handOnDefault(tx, partnerId, current.provider);
  await recogniseAround(tx, id);
  await endLeases(tx, id);
  await wake(tx);
  return true;
};

const handOnDefault = async (tx: Queryable, partnerId: PartnerId, provider: string): Promise<void> => {
  await tx.query(
    `update connections set is_default = true, updated_at = now() where id = (
       select id from connections where partner_id = $1 and provider = $2 and status = 'ACTIVE' and deleted_at is null
        order by created_at, id limit 1)`,
    [partnerId, provider],
  );
};

/** Fences running work: without its lease it can neither send another write nor store its findings. */
const endLeases = async (tx: Queryable, id: ConnectionId): Promise<void> => {
  await tx.query(
    `with held as (
       select resource from leases
        where expires_at > clock_timestamp() and (resource = $1 or resource ^@ any($2::text[]))
        order by resource for update
     )
     update leases l set expires_at = '-infinity' from held where l.resource = held.resource`,
    [sweepResource(id), resourcePrefixes(id)],
  );
};
