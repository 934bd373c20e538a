import { hash } from 'node:crypto';
import type { Section } from '@dialtone/domain';
import type { PageInfo } from './envelope';
import { ListedRow, type UnlistedRow } from './listed-row';

/** One page as it was decoded. Immutable; shared by every listing in which these very bytes came again. */
export interface DecodedPage {
  /** Of the bytes of the answer. */
  readonly digest: string;
  readonly info: PageInfo;
  /** In the order of the page. */
  readonly rows: readonly (ListedRow | UnlistedRow)[];
}

export const digestOfPage = (bytes: Buffer): string => hash('sha256', bytes, 'base64');

/** What earlier listings of one section hold: pages by their number, rows by their id. */
export class EarlierPages {
  private byIdentity: ReadonlyMap<number, ListedRow> | null = null;

  constructor(private readonly pages: ReadonlyMap<number, DecodedPage>) {}

  /** The row of this id if its record was the same, so that what did not change stays the same object. */
  same(identity: number | null, text: string): ListedRow | null {
    if (identity === null) return null;
    const earlier = (this.byIdentity ??= this.index()).get(identity);
    return earlier?.text === text ? earlier : null;
  }

  private index(): ReadonlyMap<number, ListedRow> {
    const index = new Map<number, ListedRow>();
    for (const { rows } of this.pages.values()) {
      for (const row of rows) if (row instanceof ListedRow && row.identity !== null) index.set(row.identity, row);
    }
    return index;
  }
}

/**
 * The pages of the last full listing of each section of one account, so that a page whose bytes came before is neither
 * parsed nor decoded again. It is a memory of a pure function, from bytes to rows: nothing in it can be out of date, and
 * forgetting any of it costs time only.
 */
export class PageCache {
  private readonly sections = new Map<Section, Map<number, DecodedPage>>();

  page(section: Section, page: number): DecodedPage | null {
    return this.sections.get(section)?.get(page) ?? null;
  }

  put(section: Section, page: number, decoded: DecodedPage): void {
    const pages = this.sections.get(section) ?? new Map<number, DecodedPage>();
    this.sections.set(section, pages.set(page, decoded));
  }

  /** As of now: what is put later is not in it. */
  earlier(section: Section): EarlierPages {
    return new EarlierPages(new Map(this.sections.get(section)));
  }

  /** A listing ended with page `last`: what earlier, longer ones had behind it is not needed any more. */
  endsWith(section: Section, last: number): void {
    const pages = this.sections.get(section);
    for (const page of pages?.keys() ?? []) if (page > last) pages?.delete(page);
  }
}
