import { setImmediate as nextTurn } from 'node:timers/promises';

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

/** Rows looked at between two turns of the event loop. */
const ROWS_PER_TURN = 5_000;

/**
 * Rows by identity, page by page; rows without one are kept too.
 *
 * As long as the pages are those of the earlier walk, or have the same identities in the same order, no row comes twice, as none did then. So
 * nothing is looked up until a page differs in that.
 */
export class WalkedRows<Row> {
  private readonly rows: Row[] = [];
  private readonly seen = new Set<number>();
  private readonly pages: WalkedPage<Row>[] = [];
  private repeats = false;
  /** Null once a page differed. */
  private earlier: WalkedList<Row> | null;
  /** Rows on the pages that were as in the earlier walk. */
  private passed = 0;

  constructor(private readonly source: RowsSource<Row>) {
    this.earlier = source.earlier ?? null;
  }

  get count(): number {
    return this.earlier === null ? this.rows.length : this.passed;
  }

  /** All rows; of a walk in which none came twice, what the next one may follow. */
  async end(): Promise<{ readonly all: readonly Row[]; readonly list: WalkedList<Row> | null }> {
    const { earlier, pages } = this;
    if (earlier !== null && pages.length === earlier.pages.length) {
      const isSame = pages.every((page, nth) => page === earlier.pages[nth]);
      const list = isSame ? earlier : { pages, rows: pages.flatMap(({ rows }) => rows) };
      return { all: list.rows, list };
    }
    await this.leaveEarlier();
    return { all: this.rows, list: this.repeats ? null : { pages, rows: this.rows } };
  }

  async add(rows: readonly Row[]): Promise<Added> {
    const page = this.earlier?.pages[this.pages.length];
    if (page !== undefined && this.isAlike(page.rows, rows)) {
      this.pages.push(page.rows === rows ? page : { rows, added: page.added });
      this.passed += rows.length;
      return { added: page.added, repeated: 0 };
    }
    await this.leaveEarlier();
    return this.look(rows);
  }

  private isAlike(before: readonly Row[], rows: readonly Row[]): boolean {
    const identify = (row: Row): number | null => this.source.identify(row);
    return (
      before === rows ||
      (before.length === rows.length && rows.every((row, at) => identify(row) === identify(before[at] as Row)))
    );
  }

  private async leaveEarlier(): Promise<void> {
    if (this.earlier === null) return;
    this.earlier = null;
    for (const { rows } of this.pages.splice(0)) await this.look(rows);
  }

  private async look(rows: readonly Row[]): Promise<Added> {
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
      if (this.rows.push(row) % ROWS_PER_TURN === 0) await nextTurn();
    }
    this.pages.push({ rows, added });
    this.repeats ||= repeated > 0;
    return { added, repeated };
  }
}

interface Added {
  readonly added: number;
  readonly repeated: number;
}
