import type { Listing, Section, SectionRows } from '@dialtone/domain';
import type { PageInfo } from './envelope';
import { ListedRow, type UnlistedRow } from './listed-row';
import type { WalkedList } from './walked-rows';

/** One decoded page. Immutable; all listings with the same bytes share it. */
export interface DecodedPage {
  /** SHA-256 of the answer's bytes, in base64. */
  readonly digest: string;
  readonly info: PageInfo;
  /** In the order of the page. */
  readonly rows: readonly (ListedRow | UnlistedRow)[];
}

/** The pages of earlier listings of one section, by number, and their rows, by id. */
export class EarlierPages {
  private byIdentity: ReadonlyMap<number, ListedRow> | null = null;

  constructor(private readonly pages: ReadonlyMap<number, DecodedPage>) {}

  /** The earlier row with this id if its record is unchanged, else null. */
  same(identity: number | null, text: Buffer): ListedRow | null {
    if (identity === null) return null;
    const earlier = (this.byIdentity ??= this.index()).get(identity);
    return earlier?.isText(text) === true ? earlier : null;
  }

  private index(): ReadonlyMap<number, ListedRow> {
    const index = new Map<number, ListedRow>();
    for (const { rows } of this.pages.values()) {
      for (const row of rows) if (row instanceof ListedRow && row.identity !== null) index.set(row.identity, row);
    }
    return index;
  }
}

/** A list that was walked to its end, and the listing that was made of it. */
export interface WholeList {
  readonly list: WalkedList<ListedRow | UnlistedRow>;
  readonly listing: Listing<SectionRows[Section]>;
}

/**
 * The decoded pages of the last full listing of each section of one account, by digest: a page with known bytes is neither
 * parsed nor decoded again. It caches a pure function from bytes to rows, so no entry can be stale, and losing one costs
 * time only.
 */
export class PageCache {
  private readonly sections = new Map<Section, Map<number, DecodedPage>>();
  private readonly wholes = new Map<Section, WholeList>();

  page(section: Section, page: number): DecodedPage | null {
    return this.sections.get(section)?.get(page) ?? null;
  }

  put(section: Section, page: number, decoded: DecodedPage): void {
    const pages = this.sections.get(section) ?? new Map<number, DecodedPage>();
    this.sections.set(section, pages.set(page, decoded));
  }

  /** A snapshot: later puts do not change it. */
  earlier(section: Section): EarlierPages {
    return new EarlierPages(new Map(this.sections.get(section)));
  }

  /** The last list that was walked to its end. */
  whole(section: Section): WholeList | null {
    return this.wholes.get(section) ?? null;
  }

  /** Null: the newest one was not. */
  keepWhole(section: Section, whole: WholeList | null): void {
    if (whole === null) this.wholes.delete(section);
    else this.wholes.set(section, whole);
  }

  /** Drops the pages after `last`, the last page of the newest listing. */
  endsWith(section: Section, last: number): void {
    const pages = this.sections.get(section);
    for (const page of pages?.keys() ?? []) if (page > last) pages?.delete(page);
  }
}
