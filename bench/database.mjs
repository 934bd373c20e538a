import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { Explained } from '../deploy/local/errors.mjs';

const WRITTEN = `select tup_inserted + tup_updated + tup_deleted as rows from pg_stat_database where datname = current_database()`;

/** What a benchmark asks the database, on a session of its own whose statements are not counted. */
export async function watchDatabase(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const rows = async (sql, parameters) => (await client.query(sql, parameters)).rows;
  return {
    rows,
    /** Rows inserted, updated and deleted so far by sessions whose statistics are flushed. */
    rowsWritten: async () => {
      await client.query('select pg_stat_clear_snapshot()');
      return Number((await rows(WRITTEN))[0].rows);
    },
    /** Polls until `sql` returns a row, and returns it. */
    until: async (sql, parameters, { timeoutMs = 600_000, everyMs = 20 } = {}) => {
      for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; await sleep(everyMs)) {
        const [row] = await rows(sql, parameters);
        if (row !== undefined) return row;
      }
      throw new Explained(`Not within ${timeoutMs / 1000} s: ${sql}`);
    },
    close: () => client.end(),
  };
}
