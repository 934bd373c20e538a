import { watchDatabase } from '../database.mjs';
import { startBed } from '../stack.mjs';
import { calmReconciler, measureSweep } from '../sweep.mjs';
import { recordCost } from './costs.mjs';
import { measureRoundTrips } from './round-trips.mjs';
import { measureSweepPeers } from './sweep-peers.mjs';
import { sweepSeries } from './series.mjs';

const MEGABYTE = 1048576;

/** All that needs an account of many numbers: the sweeps of it, of an account of a tenth, peers, and declarations while it is swept. */
export async function largeAccountSection({ dids, seed, times, measured, say }) {
  const small = await withAccount({ dids: Math.ceil(dids / 10), seed }, async (world, count) => {
    const reconciler = await calmReconciler(world);
    return sweepSeries({ ...world, reconciler }, { dids: count, times: 1, say });
  });
  await withAccount({ dids, seed }, async (world) => {
    const { bed } = world;
    recordBaseline(measured, await runPeer(bed, 'parse', { account: bed.account, times }));
    const reconciler = await calmReconciler(world);
    const large = await sweepSeries({ ...world, reconciler }, { dids, times, say });
    await reconciler.stop();
    recordSweeps(measured, large);
    recordMemory(measured, { small, large, dids });
    await measureSweepPeers(world, { times, measured, say });
    const another = await calmReconciler(world, { VOICELINK_RATE_PER_SECOND: '0' });
    say('the first sweep of another process');
    recordCost(measured, 'restart', [await measureSweep({ name: 'restart', ...world, reconciler: another })]);
    await measureRoundTrips({ ...world, reconciler: another }, { measured, say });
  });
}

async function withAccount({ dids, seed }, work) {
  const bed = await startBed({ dids, seed });
  const database = await watchDatabase(bed.databaseUrl);
  try {
    return await work({ bed, database }, dids);
  } finally {
    await database.close();
    await bed.stop();
  }
}

async function runPeer(bed, name, options) {
  const peer = await bed.peer(name);
  const result = await peer.run(options);
  await peer.stop();
  return result;
}

function recordBaseline(measured, { parse, digest, bytes, pages }) {
  measured.record('parse', parse);
  measured.record('digest', digest);
  measured.record('bytes', bytes / MEGABYTE);
  measured.record('pages', pages);
}

function recordSweeps(measured, { first, unchanged, again, changed }) {
  recordCost(measured, 'unchanged', unchanged);
  recordCost(measured, 'again', again);
  recordCost(measured, 'changed', changed);
  measured.record(
    'changed.rowsPerNumber',
    changed.map(({ rows, changed: numbers }) => rows / numbers),
  );
  recordCost(measured, 'first', [first]);
  measured.record('first.wall', first.wallMs / 1000);
}

const allOf = ({ first, afterFirst, unchanged, again, changed }) => [
  first,
  afterFirst,
  ...unchanged,
  ...again,
  ...changed,
];

function recordMemory(measured, { small, large, dids }) {
  const more = dids - Math.ceil(dids / 10);
  // What is left after a collection, of the sweep with the least of it: what is under way at that moment is not kept.
  const kept = (series) => Math.min(...series.unchanged.map(({ heapKept, externalKept }) => heapKept + externalKept));
  const peak = (series) => Math.max(...allOf(series).map(({ rssPeak }) => rssPeak));
  measured.record('memory.kept', (kept(large) - kept(small)) / more);
  measured.record('memory.peak', (peak(large) - peak(small)) / more);
  measured.record('memory.rss', peak(large) / MEGABYTE);
  const worst = allOf(large).reduce((most, sweep) => (sweep.loopMaxMs > most.loopMaxMs ? sweep : most));
  measured.record('loop', worst.loopMaxMs, `in the sweep "${worst.name}"`);
}
