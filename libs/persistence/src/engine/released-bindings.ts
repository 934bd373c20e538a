import type { Binding, ConnectionId, DidKey } from '@dialtone/domain';
import { declarationEvent } from '@dialtone/engine';
import { type Queryable, rows } from '../db';
import { appendEvents } from '../events/append-events';
import { BINDING_COLUMNS, type BindingRow, toBinding } from './binding-rows';
import { nextEventSeq } from './key-rows';

/** What ends a release: no person asks for it. */
const ACTOR = 'reconciler';

/** Removes it and remembers its generation, so that no ETag ever names two contents. */
const BURY = `
  with removed as (delete from bindings where id = $1 returning partner_id, key, generation)
  insert into binding_tombstones (partner_id, key, generation) select partner_id, key, generation from removed
  on conflict (partner_id, key) do update set generation = excluded.generation, removed_at = now()`;

/** Ends a withdrawn declaration of which nothing is left to do. The caller has locked its DID and its row. */
export const endReleased = async (tx: Queryable, binding: Binding, now: number): Promise<void> => {
  await tx.query(BURY, [binding.id]);
  const seq = await nextEventSeq(tx, binding.connectionId, binding.key);
  await appendEvents(tx, [declarationEvent({ change: 'deleted', binding, actor: ACTOR }, { seq, now })]);
};

/** The same of a disconnected connection, on which nothing more is done. The caller has locked the DIDs. */
export const endReleasesOf = async (
  tx: Queryable,
  id: ConnectionId,
  keys: readonly DidKey[],
  now: number,
): Promise<void> => {
  const found = await rows<BindingRow>(
    tx,
    `select ${BINDING_COLUMNS} from bindings b
      where b.connection_id = $1 and b.key = any($2::text[]) and b.releasing is not null order by b.key for no key update`,
    [id, keys],
  );
  for (const row of found) await endReleased(tx, toBinding(row), now);
};
