import { type Behaviour } from '../world/behaviour';
import { asBody, Fields, type Body } from '../world/fields';
import { failure, success, type Answer } from './answer';

const MAX_PER_PAGE = 1000;

/** All rows that a list call selects, and their conversion to the wire. Only the rows of the page are converted. */
export interface Listing {
  readonly shape: 'paginator' | 'bare';
  /** Whether `page` and `per_page` count; a bare list may ignore them and return everything. */
  readonly paged: boolean;
  readonly total: number;
  slice(from: number, to: number): readonly unknown[];
}

export const listing = <T>(
  rows: readonly T[],
  toWire: (row: T) => unknown,
  shape: Listing['shape'],
  paged = true,
): Listing => ({ shape, paged, total: rows.length, slice: (from, to) => rows.slice(from, to).map(toWire) });

/** How a fault falsifies an answer: rows left off in silence, or a page that begins at the wrong row. */
export interface Distortion {
  /** Keep this many rows of the page; null keeps half of them. Totals stay as they are. */
  readonly truncateTo?: number | null;
  /** The list has no more than this many rows, and says so: it looks complete. */
  readonly shortenTo?: number;
  /** From page 2 on, begin so many rows later (rows are missed) or, negative, earlier (rows come twice). */
  readonly shiftBy?: number;
  /** Further rows at the end of the list, as they are. Totals count them. */
  readonly extra?: readonly unknown[];
  /** One field of one row, or of all with `row` null, as another value. */
  readonly garble?: { readonly row: number | null; readonly field: string; readonly value: unknown };
}

interface Page {
  readonly page: number;
  readonly perPage: number;
}

/** Renders one page (VoiceLink upstream notes §3.5). A page past the end is empty. */
export const renderListing = (
  whole: Listing,
  query: Body,
  behaviour: Behaviour,
  distortion: Distortion = {},
): Answer => {
  const list = extended(shortened(whole, distortion), distortion);
  const page = readPage(list, query, behaviour);
  if (page === null) return failure(422, `The per page may not be greater than ${String(MAX_PER_PAGE)}.`);
  // Only the first page may be unbounded: Infinity times 0 is NaN.
  const from = page.page === 1 ? 0 : Math.max(0, (page.page - 1) * page.perPage + (distortion.shiftBy ?? 0));
  const rows = garbled(truncated(list.slice(from, from + page.perPage), distortion), distortion);
  const data = behaviour.list_form === 'array' ? rows : indexed(rows);
  return success(list.shape === 'bare' ? data : paginator(list, data, page, behaviour), behaviour);
};

/** Nonsense in `page` or `per_page` counts as not sent. Null: refused. */
const readPage = (list: Listing, query: Body, behaviour: Behaviour): Page | null => {
  const fields = new Fields(query);
  const perPage = fields.int('per_page', { min: 1 });
  const page = fields.int('page', { min: 1 });
  // A bare list is cut only for a caller that asks for pages.
  if (!list.paged || (list.shape === 'bare' && perPage === null && page === null))
    return { page: 1, perPage: Infinity };
  if (perPage !== null && perPage > MAX_PER_PAGE && behaviour.per_page_over_max === 'reject') return null;
  return { page: page ?? 1, perPage: Math.min(perPage ?? behaviour.default_per_page, MAX_PER_PAGE) };
};

const shortened = (list: Listing, { shortenTo }: Distortion): Listing => {
  if (shortenTo === undefined) return list;
  const total = Math.min(list.total, shortenTo);
  return { ...list, total, slice: (from, to) => list.slice(Math.min(from, total), Math.min(to, total)) };
};

const extended = (list: Listing, { extra }: Distortion): Listing => {
  if (extra === undefined) return list;
  const { total } = list;
  const own = (at: number): number => Math.min(at, total);
  const further = (at: number): number => Math.max(0, at - total);
  return {
    ...list,
    total: total + extra.length,
    slice: (from, to) => [...list.slice(own(from), own(to)), ...extra.slice(further(from), further(to))],
  };
};

const truncated = (rows: readonly unknown[], { truncateTo }: Distortion): readonly unknown[] => {
  if (truncateTo === undefined) return rows;
  return rows.slice(0, truncateTo ?? Math.floor(rows.length / 2));
};

const garbled = (rows: readonly unknown[], { garble }: Distortion): readonly unknown[] => {
  if (garble === undefined) return rows;
  const { row: id, field, value } = garble;
  return rows.map((raw) => {
    const row = asBody(raw);
    return id === null || id === (row['did_id'] ?? row['id']) ? { ...row, [field]: value } : raw;
  });
};

/** The first row is gone, and the indexes of the others stay. An array that is empty stays an array. */
const indexed = (rows: readonly unknown[]): unknown =>
  rows.length === 0 ? rows : Object.fromEntries(rows.map((row, index) => [String(index + 1), row]));

const paginator = (
  list: Listing,
  data: unknown,
  { page, perPage }: Page,
  behaviour: Behaviour,
): Readonly<Record<string, unknown>> => {
  const numbers = {
    current_page: page,
    per_page: perPage,
    total: list.total,
    last_page: Math.max(1, Math.ceil(list.total / perPage)),
  };
  if (behaviour.paging_numbers === 'absent') return { data };
  if (behaviour.paging_numbers === 'number') return { ...numbers, data };
  return { ...Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, String(value)])), data };
};
