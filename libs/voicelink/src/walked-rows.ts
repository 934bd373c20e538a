/** The pages of a walk that came to the end of its list, each row on one page only, and all their rows. */
export interface WalkedList<Row> {
  readonly pages: readonly WalkedPage<Row>[];
  readonly rows: readonly Row[];
}

interface WalkedPage<Row> {
  readonly rows: readonly Row[];
  /** How many of them have an identity. */
  readonly added: number;
}

interface RowsSource<Row> {
  /** Identity of a row, or null when it has none. */
  identify(row: Row): number | null;
  readonly earlier?: WalkedList<Row> | null;
}

/**
 * Rows by identity, page by page; rows without one are kept too.
 *
 * As long as the pages are those of the earlier walk, the very same objects, all that follows from them is what followed then: no
 * row comes twice, and all together are the rows of that walk. So nothing is looked at until a page differs.
 */
export class WalkedRows<Row> {
  private readonly rows: Row[] = [];
  private readonly seen = new Set<number>();
  private readonly pages: WalkedPage<Row>[] = [];
  private repeats = false;
  /** Null once a page differed. */
  private earlier: WalkedList<Row> | null;
  /** Pages that were as in the earlier walk, and their rows. */
  private same = { pages: 0, rows: 0 };

  constructor(private readonly source: RowsSource<Row>) {
    this.earlier = source.earlier ?? null;
  }

  get count(): number {
    return this.earlier === null ? this.rows.length : this.same.rows;
  }

  get all(): readonly Row[] {
    if (this.earlier !== null && this.same.pages === this.earlier.pages.length) return this.earlier.rows;
    this.leaveEarlier();
    return this.rows;
  }

  /** What the next walk may follow; null: a row came twice. */
  get list(): WalkedList<Row> | null {
    const rows = this.all;
    return this.earlier ?? (this.repeats ? null : { pages: this.pages, rows });
  }

  add(rows: readonly Row[]): { readonly added: number; readonly repeated: number } {
    const page = this.earlier?.pages[this.same.pages];
    if (page?.rows === rows) {
      this.same = { pages: this.same.pages + 1, rows: this.same.rows + rows.length };
      return { added: page.added, repeated: 0 };
    }
    this.leaveEarlier();
    return this.look(rows);
  }

  private leaveEarlier(): void {
    const { earlier } = this;
    this.earlier = null;
    for (const { rows } of earlier?.pages.slice(0, this.same.pages) ?? []) this.look(rows);
  }

  private look(rows: readonly Row[]): { readonly added: number; readonly repeated: number } {
    let added = 0;
    let repeated = 0;
    for (const row of rows) {
      const id = this.source.identify(row);
      if (id !== null && this.seen.has(id)) {
        repeated += 1;
        continue;
      }
      if (id !== null) {
        this.seen.add(id);
        added += 1;
      }
      this.rows.push(row);
    }
    this.pages.push({ rows, added });
    this.repeats ||= repeated > 0;
    return { added, repeated };
  }
}
