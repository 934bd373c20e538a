import { isDatabaseUnavailable } from '../database-errors';
import { rows, type Queryable, type Row } from '../db';

interface Asked {
  readonly sql: string;
  readonly parameters: readonly unknown[];
  readonly resolve: (found: readonly Row[]) => void;
  readonly reject: (error: unknown) => void;
}

const PARAMETER = /\$(\d+)/g;

/** SQL of one column: the rows that a statement finds, in their order. */
const asColumn = (sql: string, offset: number): string =>
  `(select coalesce(json_agg(found), '[]') from (${sql.replaceAll(PARAMETER, (_, nth: string) => `$${String(Number(nth) + offset)}`)}) found)`;

/** Several statements as one; their rows are those of one snapshot. */
const joined = (asked: readonly Asked[]): { readonly sql: string; readonly parameters: readonly unknown[] } => {
  const columns: string[] = [];
  const parameters: unknown[] = [];
  for (const one of asked) {
    columns.push(`${asColumn(one.sql, parameters.length)} as read_${String(columns.length)}`);
    parameters.push(...one.parameters);
  }
  return { sql: `select ${columns.join(',\n  ')}`, parameters };
};

/**
 * Reads that are asked for in one turn of the event loop go to the database as one statement. Each must be a `select` of columns with
 * names of their own that locks nothing; int8 may come as a number instead of text. One that fails does not take the others with it.
 */
export class JoinedReads implements Queryable {
  private asked: Asked[] = [];

  constructor(private readonly db: Queryable) {}

  query(sql: string, parameters: readonly unknown[] = []): Promise<readonly Row[]> {
    return new Promise((resolve, reject) => {
      this.asked.push({ sql, parameters, resolve, reject });
      if (this.asked.length === 1) setImmediate(() => void this.send());
    });
  }

  private async send(): Promise<void> {
    // Always in one order: the same reads are the same text, whose plan is kept.
    const asked = this.asked.sort((a, b) => (a.sql < b.sql ? -1 : a.sql > b.sql ? 1 : 0));
    this.asked = [];
    const [only] = asked;
    if (only !== undefined && asked.length === 1) return this.alone(only);
    const { sql, parameters } = joined(asked);
    try {
      const [found = {}] = await rows<Readonly<Record<string, readonly Row[]>>>(this.db, sql, parameters);
      for (const [nth, { resolve }] of asked.entries()) resolve(found[`read_${String(nth)}`] ?? []);
    } catch (error) {
      if (isDatabaseUnavailable(error)) for (const { reject } of asked) reject(error);
      else await Promise.all(asked.map((one) => this.alone(one)));
    }
  }

  private alone({ sql, parameters, resolve, reject }: Asked): Promise<void> {
    return rows<Row>(this.db, sql, parameters).then(resolve, reject);
  }
}
