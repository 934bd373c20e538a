import { setTimeout as sleep } from 'node:timers/promises';
import { watchDatabase } from '../database.mjs';
import { startBed } from '../stack.mjs';

/** How long the owner has swept when it is killed. */
const INTO_SWEEP_MS = 2_000;

/** The owner of a sweep of many numbers is killed: how long it takes until the other process begins the sweep anew, with leases as usual. */
export async function ownerSection({ dids, seed, measured, say }) {
  say(`the owner of a sweep of ${dids} numbers is killed`);
  const bed = await startBed({ dids, seed });
  const database = await watchDatabase(bed.databaseUrl);
  try {
    await database.rows(`update connections set sweep_due_at = 'infinity'`);
    const usual = { LEASE_TTL_MS: '' };
    const names = ['reconciler-1', 'reconciler-2'];
    const both = await Promise.all(names.map((name) => bed.app('reconciler', { name, ...usual })));
    await Promise.all(both.map((one) => one.reset()));
    await database.rows(`update connections set sweep_due_at = now(), sweep_requested_at = now()`);
    await database.rows(`select pg_notify('dialtone', '')`);
    await sleep(INTO_SWEEP_MS);
    const asked = await Promise.all(both.map(async (one) => sumOf((await one.read()).requests)));
    const owner = both[asked[0] > asked[1] ? 0 : 1];
    const [{ killed }] = await database.rows('select clock_timestamp() as killed');
    process.kill(owner.pid, 'SIGKILL');
    const { began, took } = await database.until(
      `select extract(epoch from sweep_started_at - $1::timestamptz)::float8 as began,
              extract(epoch from last_swept_at - sweep_started_at)::float8 as took
         from connections where last_swept_at >= $1 and sweep_started_at >= $1`,
      [killed],
    );
    measured.record('owner.late', began, `the sweep itself took ${took.toFixed(1)} s`);
  } finally {
    await database.close();
    await bed.stop();
  }
}

const sumOf = (counts) => Object.values(counts).reduce((sum, count) => sum + count, 0);
