import type { DataSource, QueryRunner } from 'typeorm';

/** What runs one statement. */
export interface Session {
  /** Rows of a select, or what `returning` names. */
  rows<Row>(sql: string, parameters?: readonly unknown[]): Promise<readonly Row[]>;
  /** How many rows a statement changed. */
  run(sql: string, parameters?: readonly unknown[]): Promise<number>;
}

const sessionOf = (runner: QueryRunner): Session => {
  const query = (sql: string, parameters: readonly unknown[] = []) => runner.query(sql, [...parameters], true);
  return {
    rows: async <Row>(sql: string, parameters?: readonly unknown[]) =>
      (await query(sql, parameters)).records as readonly Row[],
    run: async (sql, parameters) => (await query(sql, parameters)).affected ?? 0,
  };
};

/** Two transactions that waited for each other, or that a restart ended: again, from their beginning. */
const AGAIN = new Set(['40001', '40P01']);
const TRIES = 5;
/** Classes of SQLSTATE: the value, not the server, is at fault. 22: data, 23: constraints, 54: limits. */
const OF_THE_VALUE = /^(?:22|23|54)/;

export const sqlStateOf = (error: unknown): string | null => {
  const code = (error as { readonly code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : null;
};

/** True for errors that come again however often the same is tried. */
export const isOfTheValue = (error: unknown): boolean => OF_THE_VALUE.test(sqlStateOf(error) ?? '');

/** The server of this session cannot write any more, and will not in this session: after a fail-over. */
const READ_ONLY = '25006';

interface Closable {
  end(): Promise<void>;
}

/** The connection pool, and transactions on it. */
export class Database {
  constructor(private readonly ds: DataSource) {}

  /** Commits when the work resolves. READ COMMITTED; tried again after a deadlock. */
  async transact<T>(work: (session: Session) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.withRunner((runner) => inTransaction(runner, work));
      } catch (error) {
        if (tries >= TRIES || !AGAIN.has(sqlStateOf(error) ?? '')) throw error;
      }
    }
  }

  /** One statement on its own. */
  alone<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.withRunner((runner) => work(sessionOf(runner)));
  }

  private async withRunner<T>(work: (runner: QueryRunner) => Promise<T>): Promise<T> {
    const runner = this.ds.createQueryRunner();
    try {
      return await work(runner);
    } catch (error) {
      // The pool does not take back a connection that was closed.
      if (sqlStateOf(error) === READ_ONLY) await ((await runner.connect()) as Closable).end();
      throw error;
    } finally {
      await runner.release();
    }
  }
}

const inTransaction = async <T>(runner: QueryRunner, work: (session: Session) => Promise<T>): Promise<T> => {
  await runner.startTransaction();
  try {
    const result = await work(sessionOf(runner));
    await runner.commitTransaction();
    return result;
  } catch (error) {
    await runner.rollbackTransaction().catch(() => undefined);
    throw error;
  }
};
