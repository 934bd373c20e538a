import type { ConnectionId, DidKey, ReadinessState } from '@dialtone/domain';
import { ms } from '../../db';
import { decodeCursor, encodeCursor, KEY_PATTERN, UUID_PATTERN } from '../cursor';
import { BY_KEY, type NumberOrder, type NumberPage } from './number-store';
import type { SqlParameters } from './sql-parameters';

/** What the place of a row in any order is made of. */
export interface Placed {
  readonly connection_id: ConnectionId;
  readonly key: DidKey;
  readonly state: ReadinessState;
  /** Epoch ms. */
  readonly since: number;
}

/** Of `dids d`, beside connection, key and state. */
export const PLACE_COLUMN = `${ms('d.state_since')} as since`;

/** One of the values that rows are ordered by. */
interface Column {
  /** Of `dids d`. */
  readonly sql: string;
  readonly pattern: RegExp;
  readonly valueOf: (row: Placed) => string;
  readonly toSql: (parameter: string) => string;
}

const CONNECTION: Column = {
  sql: 'd.connection_id',
  pattern: UUID_PATTERN,
  valueOf: (row) => row.connection_id,
  toSql: (parameter) => `${parameter}::uuid`,
};
const KEY: Column = {
  sql: 'd.key',
  pattern: KEY_PATTERN,
  valueOf: (row) => row.key,
  toSql: (parameter) => `${parameter}::text`,
};
const SINCE: Column = {
  sql: 'd.state_since',
  pattern: /^\d{1,15}$/,
  valueOf: (row) => String(row.since),
  toSql: (parameter) => `(timestamptz 'epoch' + ${parameter}::bigint * interval '1 millisecond')`,
};
/** By its letters, whatever the database's language. */
const STATE: Column = {
  sql: 'd.state collate "C"',
  pattern: /^[A-Z_]{1,40}$/,
  valueOf: (row) => row.state,
  toSql: (parameter) => `${parameter}::text`,
};

const FIRST: Readonly<Record<NumberOrder['by'], readonly Column[]>> = { key: [], since: [SINCE], state: [STATE] };

/** A key is declared once by a partner, and may be known on each of its connections. */
const columnsOf = ({ order = BY_KEY, ofBindings }: Pick<NumberPage, 'order' | 'ofBindings'>): readonly Column[] => [
  ...FIRST[order.by],
  ...(ofBindings === true ? [] : [CONNECTION]),
  KEY,
];

/** Begins the cursors of an order, so that none is read in another one; those by key are as they always were. */
const tagOf = ({ by, descending }: NumberOrder): readonly string[] =>
  by === 'key' && !descending ? [] : [`${by}${descending ? '-' : ''}`];

export const cursorOf = (page: NumberPage, row: Placed): string =>
  encodeCursor(...tagOf(page.order ?? BY_KEY), ...columnsOf(page).map((column) => column.valueOf(row)));

/** SQL of `dids d`: in which order, and what comes after the cursor (nothing: true). Throws InvalidCursorError. */
export const orderedBy = (
  page: NumberPage,
  parameters: SqlParameters,
): { readonly orderBy: string; readonly after: string } => {
  const { order = BY_KEY, cursor } = page;
  const columns = columnsOf(page);
  const orderBy = columns.map(({ sql }) => `${sql}${order.descending ? ' desc' : ''}`).join(', ');
  if (cursor === undefined) return { orderBy, after: 'true' };
  const tag = tagOf(order);
  const patterns = [...tag.map((text) => new RegExp(`^${text}$`)), ...columns.map(({ pattern }) => pattern)];
  const values = decodeCursor(cursor, ...patterns).slice(tag.length);
  const places = columns.map(({ toSql }, nth) => toSql(parameters.take(values[nth])));
  const row = (items: readonly string[]): string => `(${items.join(', ')})`;
  const after = `${row(columns.map(({ sql }) => sql))} ${order.descending ? '<' : '>'} ${row(places)}`;
  return { orderBy, after };
};
