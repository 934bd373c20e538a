import type { BindingId, ConnectionId, DidKey, PartnerId } from '@dialtone/domain';
import { resourcePrefixes, STALLED_BY_DISCONNECT, statusEvent, sweepResource, verdictEnd } from '@dialtone/engine';
import { firstRow, ms, type Queryable, rows, timeOf, wake } from '../db';
import { lockDids, readKeys } from '../engine/key-rows';
import { recogniseAround } from '../engine/shared-accounts';
import { writeEnds } from '../engine/verdict-ends';
import { appendEvents } from '../events/append-events';

interface CurrentRow {
  readonly provider: string;
  readonly status: string;
  readonly is_default: boolean;
}

/** DIDs whose verdicts end in one statement. */
const BATCH = 500;

/**
 * Runs in a transaction that has locked the partner. Order of locks: connection, numbers, DIDs, bindings, leases; as
 * everywhere. False when the partner has no such connection.
 */
export const disconnect = async (tx: Queryable, partnerId: PartnerId, id: ConnectionId): Promise<boolean> => {
  const current = await firstRow<CurrentRow>(
    tx,
    `select provider, status, is_default from connections
      where id = $1 and partner_id = $2 and deleted_at is null for no key update`,
    [id, partnerId],
  );
  if (current === null) return false;
  if (current.status === 'DISCONNECTED') {
    // What a release that ended no verdicts has left behind.
    await endVerdicts(tx, partnerId, id);
    return true;
  }
  await tx.query(
    `update connections set status = 'DISCONNECTED', is_default = false, disconnected_at = now(), updated_at = now() where id = $1`,
    [id],
  );
  if (current.is_default) await handOnDefault(tx, partnerId, current.provider);
  await tx.query(
    `with target as (
       select id from phone_numbers where connection_id = $1 and (status = 'ACTIVE' or inbound_enabled)
        order by key for no key update
     )
     update phone_numbers p set status = 'INACTIVE', inbound_enabled = false, updated_at = now()
       from target where p.id = target.id`,
    [id],
  );
  await recogniseAround(tx, id);
  await endVerdicts(tx, partnerId, id);
  await stallBindings(tx, partnerId, id);
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

/** No process observes these DIDs any more, so their verdicts end. Locks all DIDs, in key order. */
const endVerdicts = async (tx: Queryable, partnerId: PartnerId, connectionId: ConnectionId): Promise<void> => {
  for (let after = '', isLast = false; !isLast;) {
    const locked = await rows<{ key: DidKey }>(
      tx,
      `select key from dids where connection_id = $1 and key > $2 order by key limit ${String(BATCH)} for no key update`,
      [connectionId, after],
    );
    const keys = locked.map(({ key }) => key);
    isLast = keys.length < BATCH;
    after = keys.at(-1) ?? after;
    const known = await readKeys(tx, connectionId, keys);
    const scope = { partnerId, connectionId, now: await timeOf(tx) };
    await writeEnds(
      tx,
      connectionId,
      [...known.values()].flatMap((key) => verdictEnd(scope, key, 'disconnected') ?? []),
    );
  }
};

interface StalledRow {
  readonly id: BindingId;
  readonly key: DidKey;
  readonly generation: string;
  readonly observed_generation: string;
  readonly attempts: number;
  readonly seq: string;
  readonly now: number;
}

/** These bindings are not claimed any more, so their status is written here, with its events. */
const stallBindings = async (tx: Queryable, partnerId: PartnerId, id: ConnectionId): Promise<void> => {
  const declared = await rows<{ key: DidKey }>(tx, `select key from bindings where connection_id = $1`, [id]);
  if (declared.length === 0) return;
  await lockDids(
    tx,
    id,
    declared.map(({ key }) => key),
  );
  const stalled = await rows<StalledRow>(
    tx,
    `with target as (
       select id from bindings where connection_id = $1 order by key for no key update
     ), stalled as (
       update bindings b set outcome = $2, message = $3 from target where b.id = target.id
       returning b.id, b.key, b.generation, b.observed_generation, b.attempts
     ), counted as (
       update dids d set event_seq = event_seq + 1 from stalled s where d.connection_id = $1 and d.key = s.key
       returning d.key, d.event_seq
     )
     select s.*, c.event_seq as seq, ${ms('clock_timestamp()')} as now
       from stalled s join counted c using (key) order by s.key`,
    [id, STALLED_BY_DISCONNECT.outcome, STALLED_BY_DISCONNECT.message],
  );
  await appendEvents(
    tx,
    stalled.map(({ attempts, now, ...row }) => {
      const binding = { id: row.id, partnerId, connectionId: id, key: row.key, generation: Number(row.generation) };
      const status = { ...STALLED_BY_DISCONNECT, attempts, observedGeneration: Number(row.observed_generation) };
      return statusEvent(binding, status, { seq: Number(row.seq), now });
    }),
  );
};
