import type { BindingId, ConnectionId, DidKey, PartnerId } from '@dialtone/domain';
import { planEntry, STALLED_BY_DISCONNECT, statusEvent, verdictEnd, type LockedBinding } from '@dialtone/engine';
import type { DataSource } from 'typeorm';
import { isDatabaseUnavailable, isLockTimeout } from '../database-errors';
import { firstRow, ms, type Queryable, rows, timeOf, wake } from '../db';
import { readKeys } from '../engine/key-rows';
import { endReleasesOf } from '../engine/released-bindings';
import { writeEnds } from '../engine/verdict-ends';
import { appendChange } from '../events/append-change';
import { currentAuthor } from '../on-behalf-of';

/** A disconnected connection of which there is something left to end. */
interface Ending {
  readonly id: ConnectionId;
  readonly partnerId: PartnerId;
  /** The last key that is done. */
  readonly after: string;
}

/**
 * Ends the next `limit` keys of a disconnected connection in one transaction: their numbers become inactive, their verdicts end,
 * and their bindings stall, with all events of a key together. What was done is noted in the same transaction, so any process
 * goes on where another one stopped. Returns how many keys there were; null when there is nothing left, or another process is
 * at it. Order of locks: connection, numbers, DIDs, bindings; as everywhere.
 */
export const endNextKeys = async (
  tx: Queryable,
  { id, limit }: { readonly id: ConnectionId | null; readonly limit: number },
): Promise<number | null> => {
  const ending = await lockEnding(tx, id);
  if (ending === null) return null;
  const keys = await nextKeys(tx, ending, limit);
  await deactivate(tx, ending.id, keys);
  await endVerdicts(tx, ending, keys);
  await endReleasesOf(tx, ending.id, keys, await timeOf(tx));
  await stallBindings(tx, ending, keys);
  const isLast = keys.length < limit;
  await tx.query(`update connections set ends_after = $2 where id = $1`, [ending.id, isLast ? null : keys.at(-1)]);
  await wake(tx);
  return keys.length;
};

/** Keys that are ended in one transaction, and how many times while the caller of a disconnect waits. */
const BATCH = 500;
const BATCHES_AT_ONCE = 5;

/**
 * As much as the caller of a disconnect waits for. Its connection is disconnected already: what the database does not do now is
 * done later, like all that is left.
 */
export const endAtOnce = async (ds: DataSource, id: ConnectionId): Promise<void> => {
  try {
    for (let batch = 0, ended: number | null = BATCH; batch < BATCHES_AT_ONCE && ended === BATCH; batch += 1) {
      ended = await ds.transaction((tx) => endNextKeys(tx, { id, limit: BATCH }));
    }
  } catch (error) {
    if (!isDatabaseUnavailable(error) && !isLockTimeout(error)) throw error;
  }
};

/**
 * Any one of them, so that a large connection does not keep small ones waiting. A named one is waited for: a declaration that came too
 * late may still hold the row.
 */
const lockEnding = (tx: Queryable, id: ConnectionId | null): Promise<Ending | null> =>
  firstRow<Ending>(
    tx,
    `select id, partner_id as "partnerId", ends_after as after from connections
      where ends_after is not null and ($1::uuid is null or id = $1) order by random() limit 1
        for no key update ${id === null ? 'skip locked' : ''}`,
    [id],
  );

/** Bindings have DIDs. No process adds to either of them any more: the connection is not active. */
const nextKeys = async (tx: Queryable, { id, after }: Ending, limit: number): Promise<readonly DidKey[]> => {
  const found = await rows<{ key: DidKey }>(
    tx,
    `(select key from phone_numbers where connection_id = $1 and key > $2 order by key limit $3)
     union
     (select key from dids where connection_id = $1 and key > $2 order by key limit $3)
     order by key limit $3`,
    [id, after, limit],
  );
  return found.map(({ key }) => key);
};

const deactivate = async (tx: Queryable, id: ConnectionId, keys: readonly DidKey[]): Promise<void> => {
  await tx.query(
    `with target as (
       select id from phone_numbers
        where connection_id = $1 and key = any($2::text[]) and (status = 'ACTIVE' or inbound_enabled)
        order by key for no key update
     )
     update phone_numbers p set status = 'INACTIVE', inbound_enabled = false, updated_at = now()
       from target where p.id = target.id`,
    [id, keys],
  );
};

/** No process observes these DIDs any more. */
const endVerdicts = async (tx: Queryable, { id, partnerId }: Ending, keys: readonly DidKey[]): Promise<void> => {
  await tx.query(
    `select 1 from dids where connection_id = $1 and key = any($2::text[]) order by key for no key update`,
    [id, keys],
  );
  const known = await readKeys(tx, id, keys);
  const scope = { partnerId, connectionId: id, now: await timeOf(tx), author: currentAuthor() };
  const inOrder = keys.flatMap((key) => known.get(key) ?? []);
  await writeEnds(
    tx,
    id,
    inOrder.flatMap((key) => verdictEnd(scope, key, 'disconnected') ?? []),
  );
};

interface StalledRow {
  readonly id: BindingId;
  readonly key: DidKey;
  readonly generation: string;
  readonly observed_generation: string;
  readonly attempts: number;
  readonly seq: string;
  readonly now: number;
  readonly before: Pick<LockedBinding, 'outcome' | 'message' | 'plan'>;
}

/** Of those that are stalled so already, an earlier release has told. */
const TO_STALL = `b.outcome <> $2 or b.message is distinct from $3`;

/** These bindings are not claimed any more, so their status is written here, with its events. */
const stallBindings = async (tx: Queryable, { id, partnerId }: Ending, keys: readonly DidKey[]): Promise<void> => {
  const stalled = await rows<StalledRow>(
    tx,
    `with target as (
       select id, jsonb_build_object('outcome', outcome, 'message', message, 'plan', plan) as before
         from bindings b where connection_id = $1 and key = any($4::text[]) and (${TO_STALL})
        order by key for no key update
     ), stalled as (
       update bindings b set outcome = $2, message = $3, told_status = null from target where b.id = target.id
       returning b.id, b.key, b.generation, b.observed_generation, b.attempts, target.before
     ), counted as (
       update dids d set event_seq = event_seq + 1 from stalled s where d.connection_id = $1 and d.key = s.key
       returning d.key, d.event_seq
     )
     select s.*, c.event_seq as seq, ${ms('clock_timestamp()')} as now
       from stalled s join counted c using (key) order by s.key`,
    [id, STALLED_BY_DISCONNECT.outcome, STALLED_BY_DISCONNECT.message, keys],
  );
  const told = stalled.map(({ attempts, now, before, ...row }) => {
    const binding = { id: row.id, partnerId, connectionId: id, key: row.key, generation: Number(row.generation) };
    const status = { ...STALLED_BY_DISCONNECT, attempts, observedGeneration: Number(row.observed_generation) };
    const after = { ...STALLED_BY_DISCONNECT, reason: 'DISCONNECTED', plan: before.plan } as const;
    return {
      event: statusEvent(binding, status, { seq: Number(row.seq), now }),
      entry: planEntry({ binding, before, after, course: null }, currentAuthor()),
    };
  });
  await appendChange(tx, {
    events: told.map(({ event }) => event),
    history: told.flatMap(({ entry }) => entry ?? []),
  });
};
