import type { ConnectionId } from '@dialtone/domain';
import type { ConnectionStore } from './connection-store';
import { type Queryable, rows } from '../db';
import { decodeCursor, encodeCursor, UUID_PATTERN } from './cursor';

/** Microseconds since 1970, by which a list is ordered before ids. */
const INSTANT = /^\d{1,17}$/;

interface Place {
  readonly id: ConnectionId;
  readonly at: string;
}

/** The ids of one page, oldest first. Throws InvalidCursorError. */
export const pageOfConnections = async (
  db: Queryable,
  { partnerId, provider, status, limit, cursor }: Parameters<ConnectionStore['list']>[0],
): Promise<{ readonly ids: readonly ConnectionId[]; readonly nextCursor: string | null }> => {
  const [at = null, id = null] = cursor === undefined ? [] : decodeCursor(cursor, INSTANT, UUID_PATTERN);
  const found = await rows<Place>(
    db,
    `select id, (extract(epoch from created_at) * 1000000)::bigint::text as at from connections
      where partner_id = $1 and status = $2 and deleted_at is null and ($3::text is null or provider = $3)
        and ($4::bigint is null
             or (created_at, id) > (timestamptz 'epoch' + $4::bigint * interval '1 microsecond', $5::uuid))
      order by created_at, id limit $6`,
    [partnerId, status, provider ?? null, at, id, limit + 1],
  );
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const more = found.length > limit && last !== undefined;
  return { ids: page.map((place) => place.id), nextCursor: more ? encodeCursor(last.at, last.id) : null };
};
