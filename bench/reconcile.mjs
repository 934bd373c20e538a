import { join } from 'node:path';
import { watchDatabase } from './database.mjs';
import { figuresOf } from './figures.mjs';
import { startBed } from './stack.mjs';

/** Declarations that are on their way to the gateway at once. */
const WIDTH = 8;
/** DIDs per client, so that many at once want the same bot. */
const PER_CLIENT = 25;

const READY = `select 1 from (select count(*) as n from bindings b join dids d using (connection_id, key)
  where d.state = 'READY' and not d.stale and b.outcome = 'settled') ready where n = $1`;

/** `dids` unmapped numbers, declared over the gateway and brought to READY by `reconcilers` processes at once. */
export async function reconcileBenchmark({ dids, seed, reconcilers, profile, checkout }) {
  const bed = await startBed({ dids: Math.ceil(dids / 0.6) + 100, seed, checkout });
  const database = await watchDatabase(bed.databaseUrl);
  try {
    const work = { RECONCILE_CONCURRENCY: '32', DATABASE_POOL_SIZE: '20' };
    const names = Array.from({ length: reconcilers }, (_, index) => `reconciler-${index + 1}`);
    const workers = await Promise.all(names.map((name) => bed.app('reconciler', { name, ...work })));
    const gateway = await bed.app('api-gateway', { name: 'gateway' });
    // The first sweep opens a drift for every number; it is not measured here.
    await database.until('select 1 from connections where last_swept_at is not null');
    await database.until('select 1 from (select count(*) n from event_log where position is null) e where n = 0');
    const wanted = await declarations(bed, dids);
    const processes = [...workers, gateway];
    await Promise.all(processes.map((one) => one.reset({ profile })));
    const started = performance.now();
    await declareAll({ gateway, partner: bed.partner }, wanted);
    const declared = performance.now();
    await database.until(READY, [dids], { everyMs: 250 });
    const wallMs = performance.now() - started;
    const rows = [];
    for (const one of processes) {
      const file = profile && join(bed.logs, `reconcile-${one.name}.cpuprofile`);
      const measured = await one.read({ profile: file });
      const own = one === gateway ? declared - started : wallMs;
      rows.push({ name: one.name, ...figuresOf(measured), wallMs: own, byStatement: measured.byStatement });
    }
    return [...rows, perDid(rows, { dids, wallMs })];
  } finally {
    await database.close();
    await bed.stop();
  }
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

async function declarations({ voicelink }, dids) {
  const { rows: clients } = await voicelink('GET', '/clients?with_bot=false&limit=100000');
  const { rows: free } = await voicelink('GET', `/dids?mapped=false&routed=false&expired=false&limit=${dids}`);
  const bare = clients.slice(0, Math.max(1, Math.ceil(dids / PER_CLIENT)));
  return free.map(({ did }, index) => ({
    key: did.number,
    clientId: bare[Math.floor(index / PER_CLIENT) % bare.length].id,
  }));
}

async function declareAll({ gateway, partner }, wanted) {
  const queue = [...wanted];
  const headers = { authorization: `Bearer ${partner.api_key}`, 'content-type': 'application/json' };
  const worker = async () => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const body = {
        connection_id: partner.connection_id,
        agent_id: partner.agents[0].id,
        client_id: next.clientId,
      };
      const url = `${gateway.url}/api/v2/voicelink/bindings/${next.key}`;
      const response = await fetch(url, { method: 'PUT', headers, body: JSON.stringify(body) });
      if (!response.ok) throw new Error(`declare ${next.key}: ${response.status} ${await response.text()}`);
      await response.arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: WIDTH }, worker));
}
