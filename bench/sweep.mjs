import { join } from 'node:path';
import { watchDatabase } from './database.mjs';
import { figuresOf } from './figures.mjs';
import { startBed } from './stack.mjs';

/** How many changes of a kind are under way at the simulator at once. */
const WIDTH = 8;
/** Numbers that the simulator is asked for at once. */
const PAGE = 10_000;

/**
 * One connection of `dids` numbers, swept by a real reconciler: for the first time, twice with nothing changed (the first
 * of these finds its own writes), with one number in a hundred changed, and twice with nothing changed again.
 */
export async function sweepBenchmark({ dids, seed, profile, checkout }) {
  const bed = await startBed({ dids, seed, checkout });
  const database = await watchDatabase(bed.databaseUrl);
  try {
    const reconciler = await calmReconciler({ bed, database });
    const measure = (name) => measureSweep({ name, bed, database, reconciler, profile });
    const results = [await measure('cold'), await measure('after cold'), await measure('unchanged')];
    const changed = await changeSome(bed.voicelink, { dids, count: onePercentOf(dids) });
    results.push(await measure(`${changed} changed`), await measure('after changes'), await measure('unchanged again'));
    return results;
  } finally {
    await database.close();
    await bed.stop();
  }
}

/** A reconciler that sweeps when it is asked to, and not as soon as it runs. */
export async function calmReconciler({ bed, database }, more = {}) {
  await database.rows(`update connections set sweep_due_at = 'infinity'`);
  return bed.app('reconciler', { name: 'reconciler', ...more });
}

export const onePercentOf = (dids) => Math.max(1, Math.floor(dids / 100));

/** Makes one sweep due, by a row that the bench writes itself. */
const ASK = `update connections set sweep_due_at = now(), sweep_requested_at = now() where id = $1 returning clock_timestamp() as asked`;
const DONE = `select extract(epoch from last_swept_at - sweep_started_at)::float8 * 1000 as ms from connections
  where id = $1 and last_swept_at >= $2 and sweep_started_at >= sweep_requested_at`;

/** One sweep from its claim to its report: what it took of the process, of PostgreSQL and of VoiceLink. `id`: of the connection. */
export async function measureSweep({ name, bed, database, reconciler, profile, id = bed.partner.connection_id }) {
  await database.until('select 1 from (select count(*) n from event_log where position is null) e where n = 0');
  const before = await reconciler.read().then(() => database.rowsWritten());
  await reconciler.reset({ profile });
  const postgresBefore = database.cpuMs();
  const [{ asked }] = await database.rows(ASK, [id]);
  await database.rows(`select pg_notify('dialtone', '')`);
  const { ms } = await database.until(DONE, [id, asked]);
  const measured = await reconciler.read({
    profile: profile && join(bed.logs, `sweep-${name.replaceAll(' ', '-')}.cpuprofile`),
  });
  const postgresMs = postgresBefore === null ? null : database.cpuMs() - postgresBefore;
  const rows = (await database.rowsWritten()) - before - 1;
  return { name, ...figuresOf(measured), wallMs: ms, rows, postgresMs, byStatement: measured.byStatement };
}

/** Breaks or removes what can be broken, spread evenly over all numbers; each `round` takes others. */
export async function changeSome(voicelink, { dids, count, round = 0 }) {
  const stride = Math.max(1, Math.floor(dids / count));
  const queue = (await everyNth(voicelink, { dids, stride, first: round % stride }))
    .slice(0, count)
    .map(({ did, routing }, index) => ({ did, act: actOn(routing, did, index) }));
  const changed = queue.length;
  const worker = async () => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      await voicelink('POST', `/dids/${next.did.id}/${next.act.path}`, next.act.body);
    }
  };
  await Promise.all(Array.from({ length: WIDTH }, worker));
  return changed;
}

/** A page at a time, of which only what is taken is kept: all numbers at once would not fit into one answer. */
async function everyNth(voicelink, { dids, stride, first }) {
  const taken = [];
  for (let offset = 0; offset < dids; offset += PAGE) {
    const { rows } = await voicelink('GET', `/dids?limit=${PAGE}&offset=${offset}`);
    taken.push(...rows.filter((_, index) => (offset + index - first) % stride === 0));
  }
  return taken;
}

const actOn = (routing, did, index) => {
  if (routing !== null && did.clientId !== null && index % 2 === 0) {
    return { path: 'break-routing', body: { to: 'disabled' } };
  }
  return { path: did.isExpired ? 'renew' : 'expire', body: {} };
};
