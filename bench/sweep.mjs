import { join } from 'node:path';
import { watchDatabase } from './database.mjs';
import { figuresOf } from './figures.mjs';
import { startBed } from './stack.mjs';

/** How many changes of a kind are under way at the simulator at once. */
const WIDTH = 8;

/**
 * One connection of `dids` numbers, swept by a real reconciler: for the first time, twice with nothing changed (the first
 * of these finds its own writes), with one number in a hundred changed, and twice with nothing changed again.
 */
export async function sweepBenchmark({ dids, seed, profile, checkout }) {
  const bed = await startBed({ dids, seed, checkout });
  const database = await watchDatabase(bed.databaseUrl);
  try {
    // No sweep before the first measured one: it starts as soon as the reconciler runs.
    await database.rows(`update connections set sweep_due_at = 'infinity'`);
    const reconciler = await bed.app('reconciler', { name: 'reconciler' });
    const measure = (name) => measureSweep({ name, bed, database, reconciler, profile });
    const results = [await measure('cold'), await measure('after cold'), await measure('unchanged')];
    const changed = await changeSome(bed.voicelink, { dids, count: Math.max(1, Math.floor(dids / 100)) });
    results.push(await measure(`${changed} changed`), await measure('after changes'), await measure('unchanged again'));
    return results;
  } finally {
    await database.close();
    await bed.stop();
  }
}

async function measureSweep({ name, bed, database, reconciler, profile }) {
  await database.until('select 1 from (select count(*) n from event_log where position is null) e where n = 0');
  const before = await reconciler.read().then(() => database.rowsWritten());
  await reconciler.reset({ profile });
  const id = bed.partner.connection_id;
  const [{ asked }] = await database.rows(
    `update connections set sweep_due_at = now(), sweep_requested_at = now() where id = $1 returning clock_timestamp() as asked`,
    [id],
  );
  await database.rows(`select pg_notify('dialtone', '')`);
  const { ms } = await database.until(
    `select extract(epoch from last_swept_at - sweep_started_at)::float8 * 1000 as ms from connections
      where id = $1 and last_swept_at >= $2 and sweep_started_at >= sweep_requested_at`,
    [id, asked],
  );
  const measured = await reconciler.read({
    profile: profile && join(bed.logs, `sweep-${name.replaceAll(' ', '-')}.cpuprofile`),
  });
  const rows = (await database.rowsWritten()) - before;
  return { name, ...figuresOf(measured), wallMs: ms, rows, byStatement: measured.byStatement };
}

/** Breaks or removes what can be broken, spread evenly over all numbers. */
async function changeSome(voicelink, { dids, count }) {
  const { rows } = await voicelink('GET', `/dids?limit=${dids}`);
  const stride = Math.max(1, Math.floor(rows.length / count));
  const chosen = rows.filter((_, index) => index % stride === 0).slice(0, count);
  const queue = chosen.map(({ did, routing }, index) => ({ did, act: actOn(routing, did, index) }));
  const worker = async () => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      await voicelink('POST', `/dids/${next.did.id}/${next.act.path}`, next.act.body);
    }
  };
  await Promise.all(Array.from({ length: WIDTH }, worker));
  return chosen.length;
}

const actOn = (routing, did, index) => {
  if (routing !== null && did.clientId !== null && index % 2 === 0) {
    return { path: 'break-routing', body: { to: 'disabled' } };
  }
  return { path: did.isExpired ? 'renew' : 'expire', body: {} };
};
