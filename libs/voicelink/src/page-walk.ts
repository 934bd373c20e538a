import type { UpstreamFailure } from '@dialtone/engine';
import type { PageInfo } from './envelope';
import { WalkedRows, type WalkedList } from './walked-rows';

interface Page<Row> {
  readonly rows: readonly Row[];
  readonly info: PageInfo;
}

export type PageRead<Row> = ({ readonly ok: true } & Page<Row>) | FailedRead;

interface FailedRead {
  readonly ok: false;
  readonly message: string;
  /** Why VoiceLink did not answer; null when it answered with something that is not the page. */
  readonly failure: UpstreamFailure | null;
}

export interface PageSource<Row> {
  /**
   * `page` is 1-based; as many further ones, `following`, are to be read after it, as far as is known: after the first one as many as the
   * earlier walk found. `sent` is told right before it is sent, and again when it is sent anew.
   */
  read(page: number, following: number, sent?: () => void): Promise<PageRead<Row>>;
  /** Identity of a row, or null when it has none. */
  identify(row: Row): number | null;
  /** Whether the requests carry a page number and size. */
  readonly paged: boolean;
  /** An earlier walk of the same list, if it had no gap. */
  readonly earlier?: WalkedList<Row> | null;
}

/**
 * Rows read, in order. `gap` says why they may not be all; `shifted` ones may be worth another walk. Each identity comes once,
 * unless `repeats`: then the one answer that is the whole list has some twice, and no row moved from page to page.
 */
export type Walk<Row> =
  | {
      readonly kind: 'walked';
      readonly rows: readonly Row[];
      readonly gap: Gap | null;
      readonly repeats?: boolean;
      /** For the next walk of the same list; null: this one has a gap or repeats. */
      readonly list?: WalkedList<Row> | null;
    }
  | { readonly kind: 'failed'; readonly message: string; readonly failure: UpstreamFailure | null };

export interface Gap {
  readonly kind: 'shifted' | 'short';
  readonly message: string;
  /** Of the page that could not be read. */
  readonly failure?: UpstreamFailure | null;
}

/**
 * Reads a list to its end. Complete means: every page came, no row came on two of them, as many rows as `total`, and `total`
 * stayed the same (VoiceLink upstream notes §3.5, §10.14). A shift is walked once more: rows move between pages while
 * others write.
 */
export const walkPages = async <Row>(source: PageSource<Row>): Promise<Walk<Row>> => {
  const first = await walkOnce(source);
  return first.kind === 'walked' && first.gap?.kind === 'shifted' ? walkOnce(source) : first;
};

/** A list of so few pages is read side by side. A longer one would be held as a whole. */
const MOST_SIDE_BY_SIDE = 4;

/** Pages that were asked for right after the first one. */
type Ahead<Row> = ReadonlyMap<number, Promise<PageRead<Row>>>;

const pagesBefore = <Row>({ earlier }: PageSource<Row>): number => Math.max(1, earlier?.pages.length ?? 1);

/** As many as the earlier walk found; that they are all, the first page says. */
const readAhead = <Row>(source: PageSource<Row>): Ahead<Row> => {
  const known = pagesBefore(source);
  const pages = known > MOST_SIDE_BY_SIDE ? [] : Array.from({ length: known - 1 }, (_, nth) => nth + 2);
  const ahead = new Map(pages.map((page) => [page, source.read(page, 0)]));
  // Each is awaited when the pages before it were read.
  for (const read of ahead.values()) read.catch(() => undefined);
  return ahead;
};

const walkOnce = async <Row>(source: PageSource<Row>): Promise<Walk<Row>> => {
  let ahead: Ahead<Row> = new Map();
  // A list begins when its first page is sent: what was asked for before is of no use.
  const first = await source.read(1, pagesBefore(source) - 1, () => {
    ahead = readAhead(source);
  });
  try {
    return await walkOn(source, first, ahead);
  } finally {
    await Promise.allSettled(ahead.values());
  }
};

const walkOn = async <Row>(source: PageSource<Row>, first: PageRead<Row>, ahead: Ahead<Row>): Promise<Walk<Row>> => {
  if (!first.ok) return { kind: 'failed', message: first.message, failure: first.failure };
  const rows = new WalkedRows(source);
  const start = await rows.add(first.rows);
  if (first.info.unreadable !== undefined)
    return { kind: 'walked', rows: (await rows.end()).all, gap: endless(first.info.unreadable) };
  const counted = first.info.total !== null || first.info.lastPage !== null;
  if (start.repeated > 0 && !counted && !source.paged)
    return { kind: 'walked', rows: first.rows, gap: null, repeats: true };
  const gap =
    start.repeated > 0
      ? REPEATED
      : await (counted ? walkCounted(source, first, rows, ahead) : walkBare(source, first, rows));
  const { all, list } = await rows.end();
  return { kind: 'walked', rows: all, gap, list: gap === null ? list : null };
};

/** With a paginator: its own numbers say how far to go, so it does not matter if the server returns fewer rows than requested. */
const walkCounted = async <Row>(
  source: PageSource<Row>,
  first: Page<Row>,
  rows: WalkedRows<Row>,
  ahead: Ahead<Row>,
): Promise<Gap | null> => {
  const last = lastPageOf(first);
  for (let page = 2; page <= last; page += 1) {
    const next = await (ahead.get(page) ?? source.read(page, last - page));
    if (!next.ok) return notRead(next, `page ${String(page)} of ${String(last)}`);
    if (hasMoved(first, next)) return moved(first, next);
    if (next.rows.length === 0) return { kind: 'short', message: `page ${String(page)} of ${String(last)} is empty` };
    if ((await rows.add(next.rows)).repeated > 0) return REPEATED;
  }
  return shortfall(first.info.total, rows.count);
};

const lastPageOf = ({ info, rows }: Page<unknown>): number =>
  info.lastPage ?? Math.ceil((info.total ?? 0) / Math.max(1, info.perPage ?? rows.length));

const hasMoved = (first: Page<unknown>, next: Page<unknown>): boolean =>
  first.info.total !== next.info.total || first.info.lastPage !== next.info.lastPage;

const shortfall = (total: number | null, count: number): Gap | null =>
  total === null || total === count
    ? null
    : { kind: 'short', message: `${String(count)} rows came, total says ${String(total)}` };

/**
 * A bare list. Unpaged, it is taken as whole: no answer says whether such a list was cut. Paged, pages are read until one
 * brings no new row, which also ends with a server that ignores page numbers.
 */
const walkBare = async <Row>(source: PageSource<Row>, first: Page<Row>, rows: WalkedRows<Row>): Promise<Gap | null> => {
  if (!source.paged || first.rows.length === 0) return null;
  for (let page = 2; ; page += 1) {
    const next = await source.read(page, 0);
    if (!next.ok) return notRead(next, `page ${String(page)}`);
    const { added, repeated } = await rows.add(next.rows);
    if (added === 0) return null;
    if (repeated > 0) return REPEATED;
  }
};

const notRead = ({ message, failure }: FailedRead, page: string): Gap => ({
  kind: 'short',
  message: `${page}: ${message}`,
  failure,
});

const endless = (why: string): Gap => ({ kind: 'short', message: `where the list ends cannot be read: ${why}` });

const REPEATED: Gap = { kind: 'shifted', message: 'the same row came twice' };

const moved = (first: Page<unknown>, next: Page<unknown>): Gap => ({
  kind: 'shifted',
  message: `total changed from ${String(first.info.total)} to ${String(next.info.total)} while it was paged`,
});
