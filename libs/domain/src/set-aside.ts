import type { DidKey } from './ids';

/**
 * A row of a complete list that is not among its rows: it could not be read, or its id came twice with different records.
 * What its list does not show may be this row; what its list shows is certain all the same.
 */
export interface SetAsideRow {
  /** The row's own id in its list; null: it has none that can be read. */
  readonly identity: number | null;
  /** For people; names the id. */
  readonly why: string;
  /** The number that it is about, where that can be told; null: any. */
  readonly key: DidKey | null;
  /** The client that it belongs to, where that can be told; null: any. */
  readonly clientId: number | null;
  /** The DID that a routing record names by id; null: any. */
  readonly didId: number | null;
  /**
   * Keys that the list does not show, and that an earlier one showed while this very row was set aside in it already: it is none of these.
   */
  readonly beside: ReadonlySet<DidKey>;
  /** True: stands for any row of a list that is suspect as a whole. `why` says all. */
  readonly isMissing?: true;
}

/** The first problems; a warning is read by people. */
export const summarize = (problems: readonly string[]): string => {
  const more = problems.length - 3;
  return problems.slice(0, 3).join('; ') + (more > 0 ? `; and ${String(more)} more` : '');
};

export const setAsideMessage = (setAside: readonly SetAsideRow[]): string =>
  summarize(setAside.map(({ why, isMissing }) => (isMissing === true ? why : `a row could not be read (${why})`)));

/** What tells a listed row from others, as far as its section says it. */
export interface RowMarks {
  readonly identity: number | null;
  readonly key: DidKey | null;
  readonly clientId: number | null;
  readonly didId: number | null;
}

/** A complete list as it is remembered for the next one. */
export interface RememberedList<Row> {
  readonly rows: readonly Row[];
  readonly setAside: readonly SetAsideRow[];
}

/**
 * The rows set aside, with what the last complete list of the section knew of them: a record keeps its id, so a row that could
 * be read then is about the same number now, and a number that was listed beside a row set aside is not that row.
 */
export const recallSetAside = <Row>(
  before: RememberedList<Row> | null,
  now: RememberedList<Row>,
  marksOf: (row: Row) => RowMarks,
): readonly SetAsideRow[] => {
  if (before === null || now.setAside.length === 0) return now.setAside;
  const vanished = vanishedKeys(before.rows, now.rows, marksOf);
  const listed = new Set(now.rows.map((row) => marksOf(row).key));
  return now.setAside.map((row) => {
    if (row.identity === null) return row;
    const was = before.setAside.find(({ identity }) => identity === row.identity);
    const known = was ?? before.rows.map(marksOf).find(({ identity }) => identity === row.identity);
    if (known === undefined) return row;
    const guessed = {
      key: row.key ?? known.key,
      clientId: row.clientId ?? known.clientId,
      didId: row.didId ?? known.didId,
    };
    const beside =
      was === undefined ? row.beside : new Set([...was.beside, ...vanished].filter((key) => !listed.has(key)));
    return { ...row, ...guessed, beside };
  });
};

const vanishedKeys = <Row>(
  before: readonly Row[],
  now: readonly Row[],
  marksOf: (row: Row) => RowMarks,
): readonly DidKey[] => {
  const still = new Set(now);
  return before.filter((row) => !still.has(row)).flatMap((row) => marksOf(row).key ?? []);
};

/** True if the two say the same of every key. */
export const isSameSetAside = (a: readonly SetAsideRow[], b: readonly SetAsideRow[]): boolean =>
  a === b || (a.length === b.length && a.every((row, index) => isSameRow(row, b[index])));

const isSameRow = (a: SetAsideRow, b: SetAsideRow | undefined): boolean =>
  b !== undefined &&
  a.identity === b.identity &&
  a.key === b.key &&
  a.clientId === b.clientId &&
  a.didId === b.didId &&
  a.beside.size === b.beside.size &&
  [...a.beside].every((key) => b.beside.has(key));
