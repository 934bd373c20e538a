import { firstRow, hit, type Queryable, rows } from './db';
import { openedAt, placeOf, sealAt, SEALED_COLUMNS, type SealedColumn } from './sealed-columns';
import type { SecretBox } from './secret-box';

interface Resealed {
  readonly resealed: number;
  readonly failed: readonly string[];
}

const PAGE = 200;

interface SealedRow {
  readonly row: string;
  readonly owner: string;
  readonly stored: Buffer | string;
}

/** Seals everything again with the present key. `failed`: the owners of what no key opens; it is left as it is. */
export const resealEverything = async (db: Queryable, box: SecretBox): Promise<Resealed> => {
  const failed = new Set<string>();
  let resealed = 0;
  for (const of of Object.keys(SEALED_COLUMNS) as SealedColumn[]) {
    let page = await nextPage(db, of, null);
    while (page.length > 0) {
      for (const row of page) {
        if (await reseal(db, box, of, row)) resealed += 1;
        else failed.add(row.owner);
      }
      page = await nextPage(db, of, page.at(-1)?.row ?? null);
    }
  }
  return { resealed, failed: [...failed] };
};

const selected = (of: SealedColumn): string => {
  const { table, column, row, owner } = placeOf(of);
  return `select ${row} as row, ${owner} as owner, ${column} as stored from ${table}`;
};

const nextPage = (db: Queryable, of: SealedColumn, after: string | null): Promise<SealedRow[]> => {
  const { row, rowType, isSealed } = placeOf(of);
  return rows<SealedRow>(
    db,
    `${selected(of)} where ${isSealed} and ($1::${rowType} is null or ${row} > $1) order by ${row} limit ${String(PAGE)}`,
    [after],
  );
};

/** False when no key opens it. */
const reseal = async (
  db: Queryable,
  box: SecretBox,
  of: SealedColumn,
  { row, stored }: SealedRow,
): Promise<boolean> => {
  const { table, column, isRow, isSealed, form } = placeOf(of);
  const plain = openedAt(box, of, row, form.sealed(stored));
  if (plain === null) return false;
  const replaced = await hit(db, `update ${table} set ${column} = $3 where ${isRow} and ${column} = $2 returning 1`, [
    row,
    stored,
    form.stored(sealAt(box, of, row, plain)),
  ]);
  if (replaced) return true;
  // It was written meanwhile, perhaps by a process that still seals with the previous key; or there is nothing left to seal.
  const current = await firstRow<SealedRow>(db, `${selected(of)} where ${isRow} and ${isSealed}`, [row]);
  return current === null || reseal(db, box, of, current);
};
