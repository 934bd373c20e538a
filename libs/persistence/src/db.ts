import type { DataSource } from 'typeorm';

/** A data source, an entity manager inside a transaction, or a query runner. */
export interface Queryable {
  query(sql: string, parameters?: unknown[]): Promise<unknown>;
}

/** One row as the driver returns it: int8 and numeric are strings. */
export type Row = Readonly<Record<string, unknown>>;

const isRowsWithCount = (raw: unknown): raw is [Row[], number] =>
  Array.isArray(raw) && raw.length === 2 && Array.isArray(raw[0]) && typeof raw[1] === 'number';

/** The rows that a statement returned, whatever its kind: TypeORM wraps those of UPDATE and DELETE with a count. */
export const rows = async <T>(db: Queryable, sql: string, parameters: readonly unknown[] = []): Promise<T[]> => {
  const raw = await db.query(sql, [...parameters]);
  return (isRowsWithCount(raw) ? raw[0] : raw) as T[];
};

/** The first returned row, or null. */
export const firstRow = async <T>(db: Queryable, sql: string, parameters: readonly unknown[] = []): Promise<T | null> =>
  (await rows<T>(db, sql, parameters))[0] ?? null;

/** True when the statement (which must end in RETURNING, or be a SELECT) returned a row. */
export const hit = async (db: Queryable, sql: string, parameters: readonly unknown[] = []): Promise<boolean> =>
  (await rows<Row>(db, sql, parameters)).length > 0;

const LONG_STATEMENT_MS = 30_000;

/**
 * A transaction whose statements may take 30 s each, whatever the data source allows: for statements over a whole
 * connection or table. The server and the client both apply this limit.
 */
export const withLongStatements = <T>(ds: DataSource, work: (tx: Queryable) => Promise<T>): Promise<T> =>
  ds.transaction(async (tx) => {
    await tx.query(`set local statement_timeout = ${String(LONG_STATEMENT_MS)}`);
    return work(tx);
  });

/** SQL: an instant as epoch milliseconds, which the driver returns as a number. */
export const ms = (instant: string): string => `floor(extract(epoch from ${instant}) * 1000)::float8`;

/** The database's time, epoch ms; it advances inside a transaction. */
export const timeOf = async (db: Queryable): Promise<number> => {
  const row = await firstRow<{ now: number }>(db, `select ${ms('clock_timestamp()')} as now`);
  return row?.now ?? 0;
};

const UNSTORABLE_ESCAPE = /(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/g;

/** JSON text for a jsonb parameter. PostgreSQL refuses NUL and lone surrogates, which foreign records may contain. */
export const json = (value: unknown): string => {
  const text = JSON.stringify(value);
  return text.includes(ANY_ESCAPE) ? text.replace(UNSTORABLE_ESCAPE, '$1\\ufffd') : text;
};
const ANY_ESCAPE = String.raw`\u`;

/** The same for a text parameter. */
export const text = (value: string): string => value.replaceAll('\0', '\ufffd');

/** The channel that wakes all processes: something became due or was logged. */
export const WAKE_CHANNEL = 'dialtone';
/** The payload of a notification that tells only that events were numbered. */
export const NUMBERED = 'numbered';
/** The payload of one that tells only that events were logged, with their positions. */
export const POSITIONED = 'positioned';
/** The payload of one that tells only that events were logged; all others have none. */
export const LOGGED = 'logged';

/** Delivered at commit, once per transaction however often it is called. */
export const wake = async (db: Queryable): Promise<void> => {
  await db.query(`select pg_notify('${WAKE_CHANNEL}', '')`);
};
