import { recallSetAside, type Listing, type Section, type SectionRows, type SetAsideRow } from '@dialtone/domain';
import type { RememberedList, RowMarks } from '@dialtone/domain';

/** A row that cannot be read. What is not given cannot be told. */
export interface OddRow extends Partial<Pick<SetAsideRow, 'identity' | 'why' | 'key' | 'clientId' | 'didId'>> {
  /** Id of the listed row in whose place it comes: that one is not listed then. Absent: it comes besides all rows. */
  readonly insteadOf?: number;
}

type AnyRow = SectionRows[Section];

const ID_OF: { readonly [S in Section]: (row: SectionRows[S]) => number } = {
  clients: ({ id }) => id,
  dids: ({ didId }) => didId,
  available_dids: ({ didId }) => didId,
  bots: ({ id }) => id,
  routing: ({ id }) => id,
};

const marksOf = (section: Section, row: AnyRow): RowMarks => {
  const { key = null, clientId = null, didId = null } = row as Partial<RowMarks>;
  return {
    identity: (ID_OF[section] as (row: AnyRow) => number)(row),
    key,
    clientId: section === 'bots' ? clientId : null,
    didId: section === 'routing' ? didId : null,
  };
};

/** Rows of each list that cannot be read, and what earlier lists tell about them, as with the client over HTTP. */
export class OddRows {
  private readonly odd = new Map<Section, readonly OddRow[]>();
  private readonly lists = new Map<Section, RememberedList<AnyRow>>();

  /** From now on; an empty list ends it. */
  set(section: Section, rows: readonly OddRow[]): void {
    this.odd.set(section, rows);
  }

  in(section: Section): readonly OddRow[] {
    return this.odd.get(section) ?? [];
  }

  /** `isWhole`: nothing was filtered out. */
  list<S extends Section>(section: S, all: readonly SectionRows[S][], isWhole: boolean): Listing<SectionRows[S]> {
    const odd = this.in(section);
    const hidden = new Set(odd.map(({ insteadOf }) => insteadOf));
    const rows = odd.length === 0 ? all : all.filter((row) => !hidden.has(ID_OF[section](row)));
    const now = { rows, setAside: odd.map(setAside) };
    if (!isWhole) return listed(now);
    const known = {
      rows,
      setAside: recallSetAside<AnyRow>(this.lists.get(section) ?? null, now, (row) => marksOf(section, row)),
    };
    this.lists.set(section, known);
    return listed({ rows, setAside: known.setAside });
  }
}

const listed = <Row>({ rows, setAside: odd }: RememberedList<Row>): Listing<Row> => ({
  status: 'complete',
  rows,
  ...(odd.length > 0 && { setAside: odd }),
});

const setAside = ({
  identity = null,
  why = 'no id',
  key = null,
  clientId = null,
  didId = null,
}: OddRow): SetAsideRow => ({
  identity,
  why: identity === null ? why : `${why}, id ${String(identity)}`,
  key,
  clientId,
  didId,
  beside: new Set(),
});
