import { setTimeout as sleep } from 'node:timers/promises';
import { watchDatabase } from '../database.mjs';
import { callerOf } from '../gateway.mjs';
import { declareAll, freeNumbers } from '../reconcile.mjs';
import { startBed } from '../stack.mjs';

/** Requests a second: 60 a minute, the least that can be set. */
const RATE = 1;
const WARM_UP_MS = 60_000;
/** Of the hours that all repairs take, so much is looked at. */
const WINDOW_MS = 600_000;
/** A user asks for something that VoiceLink has to be asked for, so often. */
const USER_EVERY_MS = 15_000;

/** Many numbers to repair under a budget of one request a second: what of it is used, how much of that by writes, and how long a user waits. */
export async function smallBudgetSection({ numbers, seed, measured, say, windowMs = WINDOW_MS }) {
  say(`${numbers} numbers to repair under ${60 * RATE} requests a minute`);
  const bed = await startBed({ dids: Math.ceil(numbers / 0.6) + 100, seed });
  const database = await watchDatabase(bed.databaseUrl);
  try {
    const budget = { VOICELINK_RATE_PER_SECOND: String(RATE), VOICELINK_RATE_BURST: String(RATE) };
    const reconciler = await bed.app('reconciler', { name: 'reconciler', ...budget });
    const gateway = await bed.app('api-gateway', { name: 'gateway', ...budget });
    await database.until('select 1 from connections where last_swept_at is not null');
    await declareAll({ gateway, partner: bed.partner }, await freeNumbers(bed, { count: numbers, perClient: 1 }));
    await sleep(Math.min(WARM_UP_MS, windowMs));
    const processes = [reconciler, gateway];
    await Promise.all(processes.map((one) => one.reset()));
    const started = performance.now();
    const waits = await userWaits({ gateway, bed }, windowMs);
    const requests = (await Promise.all(processes.map((one) => one.read()))).map((one) => one.requests);
    const allowed = ((performance.now() - started) / 1000) * RATE;
    const sent = requests.flatMap((counts) => Object.entries(counts));
    const total = sumOf(sent);
    const writes = sumOf(sent.filter(([endpoint]) => endpoint.startsWith('POST') && !endpoint.includes('/auth/')));
    measured.record('small.used', total / allowed, `${total} requests in ${Math.round(windowMs / 1000)} s`);
    measured.record('small.writes', writes / total);
    measured.record('small.wait', Math.max(...waits) / 1000, `the longest of ${waits.length}`);
  } finally {
    await database.close();
    await bed.stop();
  }
}

const sumOf = (entries) => entries.reduce((sum, [, count]) => sum + count, 0);

async function userWaits({ gateway, bed }, windowMs) {
  const ask = callerOf(gateway, bed.partner);
  const waits = [];
  for (const end = performance.now() + windowMs; performance.now() < end;) {
    const started = performance.now();
    await ask({ method: 'GET', path: '/api/v2/voicelink/clients?per_page=10' });
    const took = performance.now() - started;
    waits.push(took);
    await sleep(Math.max(0, Math.min(USER_EVERY_MS - took, end - performance.now())));
  }
  return waits;
}
