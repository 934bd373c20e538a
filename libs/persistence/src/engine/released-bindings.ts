import type { Binding, ConnectionId, DeclarationMarks, DidKey } from '@dialtone/domain';
import { declarationEntries, declarationEvent, RECONCILER, type HistoryEntry } from '@dialtone/engine';
import { firstRow, type Queryable, rows } from '../db';
import { appendChange, inTrace } from '../events/append-change';
import { BINDING_COLUMNS, type BindingRow, toBinding } from './binding-rows';
import { nextEventSeq } from './key-rows';

/** Removes it and remembers its generation, so that no ETag ever names two contents. */
const BURY = `
  with removed as (delete from bindings where id = $1 returning partner_id, key, generation, labels, manager),
  buried as (
    insert into binding_tombstones (partner_id, key, generation) select partner_id, key, generation from removed
    on conflict (partner_id, key) do update set generation = excluded.generation, removed_at = now()
  ) select labels, manager from removed`;

export interface EndOfRelease {
  readonly now: number;
  /** Entries of what came before the end. */
  readonly history?: readonly HistoryEntry[];
  /** Of the work that ended it; absent: that of what is under way. */
  readonly traceparent?: string | null;
}

/**
 * Ends a withdrawn declaration of which nothing is left to do: the reconciler does, no person asks for it. The caller has locked
 * its DID and its row.
 */
export const endReleased = async (
  tx: Queryable,
  binding: Binding,
  { now, history = [], traceparent }: EndOfRelease,
): Promise<void> => {
  const marks = await firstRow<DeclarationMarks>(tx, BURY, [binding.id]);
  if (marks === null) throw new Error(`Binding ${binding.id} is gone while its row is locked`);
  const seq = await nextEventSeq(tx, binding.connectionId, binding.key);
  await appendChange(tx, {
    events: [
      inTrace(declarationEvent({ change: 'deleted', binding, actor: RECONCILER.actor }, { seq, now }), traceparent),
    ],
    history: [...history, ...declarationEntries({ before: { binding, marks }, after: null }, RECONCILER)],
  });
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
  for (const row of found) await endReleased(tx, toBinding(row), { now });
};
