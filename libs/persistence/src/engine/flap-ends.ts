import type { ConnectionId, DidKey, PartnerId } from '@dialtone/domain';
import { flapEnd, type FlapEnd } from '@dialtone/engine';
import type { DataSource } from 'typeorm';
import { firstRow, json, type Queryable, rows, timeOf } from '../db';
import { appendChange } from '../events/append-change';
import { lockDids, readKeys } from './key-rows';
import { tellStatuses } from './told-statuses';

interface CalmKey {
  readonly connection_id: ConnectionId;
  readonly key: DidKey;
}

/** Keeps the connection active until the transaction ends; null: it is disconnected. */
type Hold = (tx: Queryable, connectionId: ConnectionId) => Promise<{ readonly partnerId: PartnerId } | null>;

/** The verdicts of a disconnected connection have ended, and with them their flapping. */
const ACTIVE = `dids d join connections c on c.id = d.connection_id and c.status = 'ACTIVE' where d.flaps_until is not null`;

/** One transaction for each connection. Returns how many numbers were asked about. */
export const endFlapping = async (ds: DataSource, limit: number, hold: Hold): Promise<number> => {
  const calm = await rows<CalmKey>(
    ds,
    `select d.connection_id, d.key from ${ACTIVE} and d.flaps_until <= now() order by d.flaps_until limit $1`,
    [limit],
  );
  for (const [connectionId, found] of Map.groupBy(calm, ({ connection_id }) => connection_id)) {
    const keys = found.map(({ key }) => key);
    await ds.transaction(async (tx) => {
      const held = await hold(tx, connectionId);
      if (held !== null) await endLocked(tx, { connectionId, ...held }, keys);
    });
  }
  return calm.length;
};

const endLocked = async (
  tx: Queryable,
  { connectionId, partnerId }: { readonly connectionId: ConnectionId; readonly partnerId: PartnerId },
  keys: readonly DidKey[],
): Promise<void> => {
  await lockDids(tx, connectionId, keys);
  const scope = { partnerId, connectionId, now: await timeOf(tx) };
  const locked = await readKeys(tx, connectionId, keys);
  const ends = [...locked.values()].flatMap((key) => flapEnd(scope, key) ?? []);
  if (ends.length === 0) return;
  await write(tx, connectionId, ends);
  await appendChange(tx, { events: ends.flatMap(({ events }) => events) });
  await tellStatuses(
    tx,
    connectionId,
    ends.map(({ after }) => after.stored.key),
  );
};

const write = async (tx: Queryable, connectionId: ConnectionId, ends: readonly FlapEnd[]): Promise<void> => {
  await tx.query(
    `update dids d set flap = null, flaps_until = null, advisories = u.advisories, event_seq = u.event_seq
       from unnest($2::text[], $3::jsonb[], $4::bigint[]) as u (key, advisories, event_seq)
      where d.connection_id = $1 and d.key = u.key`,
    [
      connectionId,
      ends.map(({ after }) => after.stored.key),
      ends.map(({ after }) => json(after.stored.advisories)),
      ends.map(({ after }) => after.eventSeq),
    ],
  );
};

export const nextFlapEndInMs = async (db: Queryable): Promise<number | null> => {
  const row = await firstRow<{ due_in: number | null }>(
    db,
    // The first of the index: for a minimum PostgreSQL reads the whole table as long as it has not counted it.
    `select ceil(extract(epoch from d.flaps_until - now()) * 1000)::float8 as due_in from ${ACTIVE} order by d.flaps_until limit 1`,
  );
  const dueIn = row?.due_in ?? null;
  return dueIn === null ? null : Math.max(0, dueIn);
};
