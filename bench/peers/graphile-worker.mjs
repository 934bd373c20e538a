import { run } from 'graphile-worker';
import pg from 'pg';
import { offerWork } from './work.mjs';

const CONCURRENCY = 32;
const quiet = { scope: () => quiet, error: () => {}, warn: () => {}, info: () => {}, debug: () => {} };

/** A queue of empty jobs, each of its own name, until all of them are done: what a claim and its end cost, without any work. */
offerWork(async ({ jobs }) => {
  const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
  let done = 0;
  let allDone;
  const end = new Promise((resolve) => (allDone = resolve));
  const look = async () => {
    done += 1;
    if (done === jobs) allDone();
  };
  const runner = await run({
    pgPool: pool,
    concurrency: CONCURRENCY,
    noHandleSignals: true,
    logger: quiet,
    taskList: { look },
  });
  try {
    const started = performance.now();
    await pool.query(
      `select graphile_worker.add_job('look', json_build_object('number', n), job_key := 'number-' || n) from generate_series(1, $1::int) n`,
      [jobs],
    );
    await end;
    return { wallMs: performance.now() - started };
  } finally {
    await runner.stop();
    await pool.end();
  }
});
