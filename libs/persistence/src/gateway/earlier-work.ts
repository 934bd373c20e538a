import type { DidKey, PartnerId, Release } from '@dialtone/domain';
import type { HistoryFacts } from '@dialtone/engine';
import { rows, type Queryable } from '../db';
import { currentBehalf } from '../on-behalf-of';

/** What was done to one declaration. */
export type EarlierWork =
  | { readonly kind: 'created' | 'updated'; readonly generation: number }
  | { readonly kind: 'removed' }
  | { readonly kind: 'releasing'; readonly releasing: Release; readonly begins: true };

interface WorkRow {
  readonly key: DidKey;
  readonly isNew: boolean;
  readonly after: HistoryFacts | null;
}

/** A move is an entry on each connection, in the order in which they were written. */
const WORK = `
  select key, (array_agg(before is null order by id))[1] as "isNew", (array_agg(after order by id desc))[1] as after
    from history
   where partner_id = $1 and at >= $2 and request_id = any($3) and ($4::text[] is null or key = any($4))
     and kind in ('declaration_created', 'declaration_updated', 'declaration_withdrawn')
   group by key`;

/**
 * What earlier attempts at the request that is worked on did to these numbers, or to any. Every change is kept with the id of its
 * request in the transaction that makes it. Nothing, and no statement, in a first attempt.
 */
export const earlierWork = async (
  db: Queryable,
  partnerId: PartnerId,
  keys: readonly DidKey[] | null,
): Promise<ReadonlyMap<DidKey, EarlierWork>> => {
  const earlier = currentBehalf()?.earlier ?? null;
  if (earlier === null) return new Map();
  const found = await rows<WorkRow>(db, WORK, [partnerId, earlier.since, earlier.requestIds, keys]);
  return new Map(found.map((row) => [row.key, workOf(row)]));
};

const workOf = ({ isNew, after }: WorkRow): EarlierWork => {
  if (after === null) return { kind: 'removed' };
  const { releasing, generation } = after;
  if (releasing !== undefined) return { kind: 'releasing', releasing: releasing as Release, begins: true };
  return { kind: isNew ? 'created' : 'updated', generation: Number(generation) };
};
