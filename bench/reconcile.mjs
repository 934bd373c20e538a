import { join } from 'node:path';
import { watchDatabase } from './database.mjs';
import { figuresOf } from './figures.mjs';
import { startBed } from './stack.mjs';

/** The most that one request declares. */
const BATCH = 1_000;
const READY = `select 1 from (select count(*) as n from bindings b join dids d using (connection_id, key)
  where d.state = 'READY' and not d.stale and b.outcome = 'settled') ready where n = $1`;

/**
 * `dids` unmapped numbers, declared over the gateway at once and brought to READY by `reconcilers` processes. `latency`: how long every
 * answer of VoiceLink takes, ms; `rate`: the requests that the account may be sent in a second, 0 for any number; `perClient`: numbers that
 * want the same bot: with one, each takes three writes.
 */
export async function reconcileBenchmark({ checkout, seed, ...options }) {
  const bed = await startBed({ dids: Math.ceil(options.dids / 0.6) + 100, seed, checkout });
  const database = await watchDatabase(bed.databaseUrl);
  try {
    const { rows, perDid } = await declareMany({ bed, database }, options);
    return [...rows, perDid];
  } finally {
    await database.close();
    await bed.stop();
  }
}

/** The same on a bed that goes on: the figures of each process, of one number, and the processes. */
export async function declareMany(world, { dids, latency, rate, perClient, reconcilers, profile }) {
  const { bed, database } = world;
  // In a burst of so many, a budget of so few requests would not be felt.
  const work = { VOICELINK_RATE_PER_SECOND: String(rate), ...(rate > 0 && { VOICELINK_RATE_BURST: String(rate) }) };
  const names = Array.from({ length: reconcilers }, (_, index) => `reconciler-${index + 1}`);
  const workers = await Promise.all(names.map((name) => bed.app('reconciler', { name, ...work })));
  const gateway = await bed.app('api-gateway', { name: 'gateway' });
  // The first sweep opens a drift for every number; it is not measured here.
  await database.until('select 1 from connections where last_swept_at is not null');
  await database.until('select 1 from (select count(*) n from event_log where position is null) e where n = 0');
  const wanted = await freeNumbers(bed, { count: dids, perClient });
  if (latency > 0) await bed.voicelink('POST', '/faults', { kind: 'latency', endpoint: '*', ms: latency });
  const processes = [...workers, gateway];
  const postgresBefore = database.cpuMs();
  await Promise.all(processes.map((one) => one.reset({ profile })));
  const started = performance.now();
  await declareAll({ gateway, partner: bed.partner }, wanted);
  const declared = performance.now();
  await database.until(READY, [dids], { timeoutMs: 1_200_000, everyMs: 50 });
  const wallMs = performance.now() - started;
  const rows = [];
  for (const one of processes) {
    const file = profile && join(bed.logs, `reconcile-${one.name}.cpuprofile`);
    const measured = await one.read({ profile: file });
    const own = one === gateway ? declared - started : wallMs;
    rows.push({ name: one.name, ...figuresOf(measured), wallMs: own, byStatement: measured.byStatement });
  }
  const postgresMs = postgresBefore === null ? null : database.cpuMs() - postgresBefore;
  return { rows, perDid: perDid(rows, { dids, wallMs }), wallMs, postgresMs, workers, gateway };
}

/** The same for one DID, of all processes together. */
function perDid(rows, { dids, wallMs }) {
  const sum = (field) => rows.reduce((total, row) => total + row[field], 0) / dids;
  const most = (field) => Math.max(...rows.map((row) => row[field]));
  const endpoints = {};
  for (const { byEndpoint } of rows) {
    for (const [endpoint, n] of Object.entries(byEndpoint)) endpoints[endpoint] = (endpoints[endpoint] ?? 0) + n / dids;
  }
  const perOne = ['requests', 'bytes', 'cpuMs', 'statements'].map((field) => [field, sum(field)]);
  const peaks = ['heapPeak', 'heapKept', 'externalKept', 'rssPeak', 'loopP99Ms', 'loopMaxMs'].map((f) => [f, most(f)]);
  return {
    name: 'per DID',
    byEndpoint: endpoints,
    wallMs: wallMs / dids,
    ...Object.fromEntries([...perOne, ...peaks]),
  };
}

/** Unmapped numbers, and for every `perClient` of them a client that has no bot. */
export async function freeNumbers({ voicelink }, { count, perClient }) {
  const { rows: free } = await voicelink('GET', `/dids?mapped=false&routed=false&expired=false&limit=${count}`);
  const { rows: clients } = await voicelink('GET', '/clients?with_bot=false&limit=100000');
  const bare = clients.slice(0, Math.ceil(count / perClient));
  while (bare.length * perClient < count) bare.push(await voicelink('POST', '/clients', {}));
  return free.map(({ did }, index) => ({ key: did.number, clientId: bare[Math.floor(index / perClient)].id }));
}

export async function declareAll({ gateway, partner }, wanted) {
  const headers = { authorization: `Bearer ${partner.api_key}`, 'content-type': 'application/json' };
  for (let start = 0; start < wanted.length; start += BATCH) {
    const items = wanted.slice(start, start + BATCH).map(({ key, clientId }) => ({
      number: key,
      connection_id: partner.connection_id,
      agent_id: partner.agents[0].id,
      client_id: clientId,
    }));
    const url = `${gateway.url}/api/v2/voicelink/bindings:batch`;
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ items }) });
    const answer = await response.text();
    const created = (answer.match(/"result":"created"/g) ?? []).length;
    if (!response.ok || created < items.length)
      throw new Error(`declared ${created} of ${items.length}: ${answer.slice(0, 500)}`);
  }
}
