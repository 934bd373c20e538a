import type { DidKey } from '@dialtone/domain';
import type { BindingStore } from './binding-store';
import { firstRow, type Queryable } from '../db';
import { labelConditions } from './label-conditions';

interface SelectedRow {
  readonly keys: DidKey[] | null;
  readonly left: number;
  readonly all: number;
}

/** One statement, in terms of the indexes of manager and labels. */
export const selectKeys: (
  db: Queryable,
  ...input: Parameters<BindingStore['select']>
) => ReturnType<BindingStore['select']> = async (
  db,
  { partnerId, connectionId, manager, labels = [], except, limit },
) => {
  const conditions = labelConditions(labels, 6);
  const row = await firstRow<SelectedRow>(
    db,
    `with meant as materialized (
       select b.key from bindings b
        where b.partner_id = $1 and b.releasing is null and ($2::uuid is null or b.connection_id = $2) and ($3::text is null or b.manager = $3)
          ${conditions.sql}
     ), left_over as materialized (
       select m.key from meant m where not exists (select 1 from unnest($4::text[]) named (key) where named.key = m.key)
     )
     select (select array_agg(key order by key) from (select key from left_over order by key limit $5) first) as keys,
            (select count(*) from left_over)::float8 as "left", (select count(*) from meant)::float8 as "all"`,
    [partnerId, connectionId ?? null, manager ?? null, except, limit, ...conditions.parameters],
  );
  return { keys: row?.keys ?? [], left: row?.left ?? 0, all: row?.all ?? 0 };
};
