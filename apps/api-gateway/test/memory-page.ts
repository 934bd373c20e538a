import { InvalidCursorError, type Page } from '@dialtone/persistence';

/** Rows in the order of their places; a cursor is the name of the list and the place of a page's last row. */
export const pageOf = <T>(
  rows: readonly T[],
  page: {
    readonly limit: number;
    readonly cursor: string | undefined;
    readonly list: string;
    readonly placeIn: (row: T) => string;
    readonly descending?: boolean;
  },
): Promise<Page<T>> => {
  const { limit, cursor, list, placeIn, descending = false } = page;
  const isBefore = (a: string, b: string): boolean => (descending ? a > b : a < b);
  const given = cursor === undefined ? `${list} ` : Buffer.from(cursor, 'base64url').toString();
  if (!given.startsWith(`${list} `)) return Promise.reject(new InvalidCursorError());
  const after = given.slice(list.length + 1);
  const rest = rows
    .filter((row) => after === '' || isBefore(after, placeIn(row)))
    .toSorted((a, b) => (isBefore(placeIn(a), placeIn(b)) ? -1 : 1));
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  if (rest.length <= limit || last === undefined) return Promise.resolve({ items, nextCursor: null });
  const nextCursor = Buffer.from(`${list} ${placeIn(last)}`).toString('base64url');
  return Promise.resolve({ items, nextCursor });
};
