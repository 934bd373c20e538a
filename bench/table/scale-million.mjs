import { setTimeout as sleep } from 'node:timers/promises';
import { watchDatabase } from '../database.mjs';
import { startBed } from '../stack.mjs';
import { percentileOf } from '../statistics.mjs';
import { calmReconciler, measureSweep } from '../sweep.mjs';
import { repeat } from './series.mjs';

const CONNECTIONS = 10;
const MEGABYTE = 1048576;
/** Of a process that is given 2 GiB: what Node takes beside its heap has to fit in, too. */
const HEAP_MB = 1_536;
const EVERY_MS = 20;
const IDLE_MS = 20_000;
const UNCHANGED = 3;

/** `dids` numbers on ten connections in one process: do sweeps complete, what do they take, and does the gateway answer meanwhile. */
export async function millionSection({ dids, seed, measured, say }) {
  const each = Math.ceil(dids / CONNECTIONS);
  const few = Math.ceil(dids / 100);
  say(`${few} numbers on one connection`);
  const base = await cpuOfUnchanged({ dids: few, seed });
  say(`${CONNECTIONS} × ${each} numbers`);
  const bed = await startBed({ dids: each, more: Array.from({ length: CONNECTIONS - 1 }, () => each), seed });
  const database = await watchDatabase(bed.databaseUrl);
  try {
    const gateway = await bed.app('api-gateway', { name: 'gateway' });
    for (const account of bed.others) await bed.connect(gateway, account);
    const world = { bed, database, gateway };
    const reconciler = await calmReconciler(world, { NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}` });
    say('the first sweep of all');
    const first = await sweepAll({ ...world, reconciler });
    say('the sweep after it, and those with nothing changed');
    await sweepAll({ ...world, reconciler });
    const idle = await latencies(world, () => sleep(IDLE_MS));
    const swept = [];
    const busy = await latencies(world, async () => {
      swept.push(...(await repeat(UNCHANGED, () => sweepAll({ ...world, reconciler }))));
    });
    measured.record('scale.first', first.wallMs / 1000);
    measured.record(
      'scale.cpu',
      swept.map(({ cpuMs }) => cpuMs),
    );
    measured.record(
      'scale.wall',
      swept.map(({ wallMs }) => wallMs / 1000),
    );
    measured.record('scale.rss', Math.max(first.rssPeak, ...swept.map(({ rssPeak }) => rssPeak)) / MEGABYTE);
    const leastCpu = Math.min(...swept.map(({ cpuMs }) => cpuMs));
    measured.record('scale.exponent', Math.log(leastCpu / base) / Math.log(dids / few), `from ${few} numbers`);
    measured.record(
      'scale.p99',
      percentileOf(busy, 0.99) / percentileOf(idle, 0.99),
      `${percentileOf(idle, 0.99).toFixed(1)} ms without sweeps`,
    );
  } finally {
    await database.close();
    await bed.stop();
  }
}

async function cpuOfUnchanged({ dids, seed }) {
  const bed = await startBed({ dids, seed });
  const database = await watchDatabase(bed.databaseUrl);
  try {
    const reconciler = await calmReconciler({ bed, database });
    const sweep = () => measureSweep({ name: 'unchanged', bed, database, reconciler });
    await repeat(2, sweep);
    return Math.min(...(await repeat(5, sweep)).map(({ cpuMs }) => cpuMs));
  } finally {
    await database.close();
    await bed.stop();
  }
}

/** All connections at once, until each has a complete sweep that began after now. */
async function sweepAll({ database, reconciler }) {
  await reconciler.reset();
  const started = performance.now();
  const [{ asked }] = await database.rows('select clock_timestamp() as asked');
  await database.rows(`update connections set sweep_due_at = now(), sweep_requested_at = now()`);
  await database.rows(`select pg_notify('dialtone', '')`);
  await database.until(
    `select 1 from (select count(*) as n from connections
       where last_swept_at is null or last_swept_at < $1 or sweep_started_at < sweep_requested_at) late where n = 0`,
    [asked],
    { timeoutMs: 3_600_000, everyMs: 100 },
  );
  return { ...(await reconciler.read()), wallMs: performance.now() - started };
}

/** How long requests for one page of verdicts took while `work` went on, ms; one begins every so often, whatever the others do. */
async function latencies({ gateway, bed }, work) {
  const took = [];
  const asked = [];
  let isOver = false;
  const ask = async () => {
    const started = performance.now();
    const headers = { authorization: `Bearer ${bed.partner.api_key}` };
    const response = await fetch(`${gateway.url}/api/v2/voicelink/readiness?limit=10`, { headers });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`GET readiness: ${response.status}`);
    took.push(performance.now() - started);
  };
  const asking = (async () => {
    while (!isOver) {
      asked.push(ask());
      await sleep(EVERY_MS);
    }
  })();
  await work();
  isOver = true;
  await asking;
  await Promise.all(asked);
  return took;
}
