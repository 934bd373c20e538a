import { watchDatabase } from '../database.mjs';
import { declareMany } from '../reconcile.mjs';
import { startBed } from '../stack.mjs';
import { recordPerNumber } from './costs.mjs';

const LATENCY_MS = 50;
/** Requests a second of the tight budget. */
const TIGHT = 4;

/** Many numbers from nothing to READY, declared at once: how many a second, and what one of them takes. */
export async function manyAtOnceSection({ declared: dids, seed, times, measured, say }) {
  const shape = { dids, perClient: 1, rate: 0, latency: LATENCY_MS };
  const perSecond = {};
  const lists = {};
  for (const reconcilers of [1, 2]) {
    say(`${dids} declared at once, ${reconcilers} reconciler${reconcilers === 1 ? '' : 's'}`);
    await withAccount({ dids, seed }, async (world) => {
      const many = await declareMany(world, { ...shape, reconcilers });
      perSecond[reconcilers] = (dids / many.wallMs) * 1000;
      lists[reconcilers] = listsOf(many.perDid);
      if (reconcilers > 1) return;
      recordOne(measured, many, dids);
      say('the same numbers, looked at again');
      await world.bed.voicelink('DELETE', '/faults');
      recordPerNumber(measured, 'queue.ours', await lookAgain(world, many.workers[0], times), dids);
    });
  }
  measured.record('many.one', perSecond[1], `${dids} numbers`);
  measured.record('many.two', perSecond[2]);
  measured.record('many.gain', perSecond[2] / perSecond[1]);
  measured.record('many.lists', lists[2] / lists[1]);
}

const listsOf = ({ byEndpoint }) =>
  Object.entries(byEndpoint).reduce((sum, [endpoint, n]) => sum + (endpoint.startsWith('GET') ? n : 0), 0);

export async function tightBudgetSection({ declared: dids, seed, measured, say }) {
  say(`${dids} declared at once under ${TIGHT} requests a second`);
  await withAccount({ dids, seed }, async (world) => {
    const { perDid } = await declareMany(world, { dids, perClient: 1, rate: TIGHT, latency: 0, reconcilers: 1 });
    measured.record('budget.requests', perDid.requests, `${dids} numbers`);
  });
}

async function withAccount({ dids, seed }, work) {
  const bed = await startBed({ dids: Math.ceil(dids / 0.6) + 100, seed });
  const database = await watchDatabase(bed.databaseUrl);
  try {
    await work({ bed, database });
  } finally {
    await database.close();
    await bed.stop();
  }
}

function recordOne(measured, { rows: [reconciler], postgresMs }, dids) {
  measured.record('one.sql', reconciler.statements / dids);
  measured.record('one.cpu', reconciler.cpuMs / dids);
  measured.record('one.postgres', postgresMs === null ? null : postgresMs / dids, 'with what declaring takes');
  measured.record('one.requests', reconciler.requests / dids);
}

const LOOKED_AT = `select 1 from (select count(*) as n from bindings where last_reconciled_at <= $1 or due_at <= now()) late where n = 0`;

/** Every declaration is due at once, and as declared: claimed, looked at, found as it is to be, and given its next time. */
async function lookAgain({ database }, reconciler, times) {
  const runs = [];
  for (let nth = 0; nth < times; nth += 1) {
    const before = database.cpuMs();
    await reconciler.reset();
    const [{ asked }] = await database.rows('select clock_timestamp() as asked');
    await database.rows('update bindings set due_at = now()');
    await database.rows(`select pg_notify('dialtone', '')`);
    await database.until(LOOKED_AT, [asked]);
    const measured = await reconciler.read();
    runs.push({ ...measured, postgresMs: before === null ? null : database.cpuMs() - before });
  }
  return runs;
}
