import type { Section, SectionRows, SetAsideRow } from '@dialtone/domain';
import { ListedRow, type UnlistedRow } from './listed-row';
import { ANY_SUBJECT, subjectOfRead, type RowSubject } from './row-subject';

type Kept = ListedRow | UnlistedRow;

interface Separated<S extends Section> {
  readonly rows: readonly SectionRows[S][];
  readonly setAside: readonly SetAsideRow[];
}

const NONE: ReadonlySet<never> = new Set<never>();

/**
 * What was read of a list, apart from what could not be. With `repeats`, rows with one id are one row if their records are the
 * same; if not, which of them holds is not known, and all of them are set aside.
 */
export const separateRows = <S extends Section>(section: S, kept: readonly Kept[], repeats: boolean): Separated<S> => {
  const rows: SectionRows[S][] = [];
  const setAside: SetAsideRow[] = [];
  const put = ({ identity }: Kept, why: string, subject: RowSubject): void => {
    setAside.push({ identity, why, ...subject, beside: NONE });
  };
  const disputed = repeats ? disputedIds(kept) : NONE;
  for (const row of repeats ? withoutRepeats(kept, disputed) : kept) {
    if (!(row instanceof ListedRow)) {
      if (row.why !== null) put(row, row.why, row.subject ?? ANY_SUBJECT);
    } else if (row.identity !== null && disputed.has(row.identity)) {
      put(row, `its id came with different records, id ${String(row.identity)}`, subjectOfRead(section, row));
    } else rows.push(row as unknown as SectionRows[S]);
  }
  return { rows, setAside };
};

/** Ids that came with different records. */
const disputedIds = (kept: readonly Kept[]): ReadonlySet<number> => {
  const first = new Map<number, Kept>();
  const disputed = new Set<number>();
  for (const row of kept) {
    if (row.identity === null) continue;
    const earlier = first.get(row.identity);
    if (earlier === undefined) first.set(row.identity, row);
    else if (!isSameRecord(earlier, row)) disputed.add(row.identity);
  }
  return disputed;
};

const isSameRecord = (a: Kept, b: Kept): boolean =>
  a === b || (a instanceof ListedRow && b instanceof ListedRow ? a.text === b.text : sameTrouble(a, b));

/** Records that could not be read are set aside one by one, whatever is in them. */
const sameTrouble = (a: Kept, b: Kept): boolean => !(a instanceof ListedRow) && !(b instanceof ListedRow);

const withoutRepeats = (kept: readonly Kept[], disputed: ReadonlySet<number>): readonly Kept[] => {
  const seen = new Set<number>();
  return kept.filter((row) => {
    const { identity } = row;
    if (identity === null || disputed.has(identity) || !(row instanceof ListedRow)) return true;
    return seen.size < seen.add(identity).size;
  });
};
