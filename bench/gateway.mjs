import { join } from 'node:path';
import { watchDatabase } from './database.mjs';
import { figuresOf } from './figures.mjs';
import { startBed } from './stack.mjs';

/** How many requests are on their way to the gateway at once. */
const WIDTH = 8;
/** Whole looks at VoiceLink. */
const SYNCS = 3;
/** Requests for one row to one request for a whole page. */
const ROWS_PER_PAGE = 5;

/**
 * A real gateway in front of one connection of `dids` numbers: the cost of its requests, from listing everything to reading one
 * row, which is requested `requests` times.
 */
export async function gatewayBenchmark({ dids, requests, seed, profile, checkout }) {
  const bed = await startBed({ dids, seed, checkout });
  const database = await watchDatabase(bed.databaseUrl);
  try {
    const gateway = await bed.app('api-gateway', { name: 'gateway' });
    const keys = await numbersOf(bed, Math.min(dids, Math.ceil(requests / 2)));
    const rows = [];
    for (const phase of phasesOf(bed.partner, keys, requests)) {
      rows.push(await measurePhase(phase, { bed, database, gateway, profile }));
    }
    return rows;
  } finally {
    await database.close();
    await bed.stop();
  }
}

const ROOT = '/api/v2/voicelink';
const get = (path) => ({ method: 'GET', path });

/** Name, how often, and the nth request; in the order in which a partner would come to them. */
function phasesOf({ connection_id, agents }, keys, requests) {
  const pages = Math.ceil(requests / ROWS_PER_PAGE);
  const sync = (import_dids) => () => ({ method: 'POST', path: `${ROOT}/sync`, body: { connection_id, import_dids } });
  const binding = (nth) => `${ROOT}/bindings/${keys[nth % keys.length]}`;
  const declare = (nth) => ({ method: 'PUT', path: binding(nth), body: { connection_id, agent_id: agents[0].id } });
  return [
    ['sync, nothing imported yet', 1, sync(true)],
    ['sync, all imported', SYNCS, sync(true)],
    ['sync without import', SYNCS, sync(false)],
    ['declare', keys.length, declare],
    ['declare the same', requests, declare],
    ['one declaration', requests, (nth) => get(`${binding(nth)}?connection_id=${connection_id}`)],
    ['100 declarations', pages, () => get(`${ROOT}/bindings?limit=100`)],
    ['100 verdicts', pages, () => get(`${ROOT}/readiness?limit=100`)],
    ['100 local numbers', pages, () => get('/api/v2/phone-numbers?limit=100')],
    ['100 clients of VoiceLink', pages, () => get(`${ROOT}/clients?per_page=100`)],
  ];
}

async function measurePhase([what, times, request], { bed, database, gateway, profile }) {
  const ask = callerOf(gateway, bed.partner);
  const before = await gateway.read().then(() => database.rowsWritten());
  await gateway.reset({ profile });
  const started = performance.now();
  await inTurn(times, (nth) => ask(request(nth)));
  const wallMs = performance.now() - started;
  const measured = await gateway.read({
    profile: profile && join(bed.logs, `gateway-${what.replaceAll(/\W+/g, '-')}.cpuprofile`),
  });
  const rows = (await database.rowsWritten()) - before;
  return { name: `${times} × ${what}`, ...figuresOf(measured), wallMs, rows, byStatement: measured.byStatement };
}

export function callerOf({ url }, { api_key }) {
  const headers = { authorization: `Bearer ${api_key}`, 'content-type': 'application/json' };
  return async ({ method, path, body }) => {
    const response = await fetch(`${url}${path}`, { method, headers, body: body && JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  };
}

export async function numbersOf({ voicelink }, count) {
  const { rows } = await voicelink('GET', `/dids?expired=false&limit=${count}`);
  return rows.map(({ did }) => did.number);
}

/** Calls `work` with 0, 1, … up to `times`, a few at once. */
export async function inTurn(times, work) {
  let next = 0;
  const worker = async () => {
    while (next < times) await work(next++);
  };
  await Promise.all(Array.from({ length: WIDTH }, worker));
}
