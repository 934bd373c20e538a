import { watchDatabase } from '../database.mjs';
import { callerOf, inTurn, numbersOf } from '../gateway.mjs';
import { medianOf } from '../statistics.mjs';
import { startBed } from '../stack.mjs';
import { repeat } from './series.mjs';
import { measureQueuePeer } from './queue-peer.mjs';

const DIDS = 2_000;
const DECLARED = 500;
const REQUESTS = 1_000;
const ROOT = '/api/v2/voicelink/bindings';

/** What one request costs the gateway, and a server that does the same by hand. */
export async function gatewaySection({ seed, times, measured, say }) {
  const bed = await startBed({ dids: DIDS, seed });
  const database = await watchDatabase(bed.databaseUrl);
  try {
    const { connection_id, agents } = bed.partner;
    const gateway = await bed.app('api-gateway', { name: 'gateway' });
    const ask = callerOf(gateway, bed.partner);
    await ask({ method: 'POST', path: '/api/v2/voicelink/sync', body: { connection_id, import_dids: true } });
    const keys = await numbersOf(bed, DECLARED);
    const keyOf = (nth) => keys[nth % keys.length];
    const body = { connection_id, agent_id: agents[0].id };
    const declare = (nth) => ask({ method: 'PUT', path: `${ROOT}/${keyOf(nth)}`, body });
    const get = (nth) => ask({ method: 'GET', path: `${ROOT}/${keyOf(nth)}?connection_id=${connection_id}` });
    await inTurn(DECLARED, declare);
    say('GET of one declaration');
    const got = await measureRequests(gateway, get, times);
    say('PUT of an unchanged declaration');
    const put = await measureRequests(gateway, declare, times);
    const sql = medianOf(got.map(({ sql: each }) => each));
    say('peer: bare Fastify');
    const bare = await measureBareFastify({ bed, database }, { keyOf, times, isLeased: sql < 1.5 });
    recordRequests(measured, { got, put, bare, isLeased: sql < 1.5 });
    say('peer: graphile-worker');
    await measureQueuePeer({ bed, database }, { times, measured });
  } finally {
    await database.close();
    await bed.stop();
  }
}

/** CPU and statements of one request, per repetition; a first one warms up. */
async function measureRequests(process, request, times) {
  const runs = await repeat(times + 1, async () => {
    await process.reset();
    await inTurn(REQUESTS, request);
    const { cpuMs, statements } = await process.read();
    return { cpu: cpuMs / REQUESTS, sql: statements / REQUESTS };
  });
  return runs.slice(1);
}

async function measureBareFastify({ bed, database }, { keyOf, times, isLeased }) {
  const server = await bed.peer('bare-fastify');
  const [{ id, partner_id }] = await database.rows('select id, partner_id from api_keys limit 1');
  await server.run({ apiKey: bed.partner.api_key, keyId: id, partnerId: partner_id, leased: isLeased });
  const ask = callerOf(server, bed.partner);
  const path = (nth) => `/bindings/${keyOf(nth)}?connection_id=${bed.partner.connection_id}`;
  const runs = await measureRequests(server, (nth) => ask({ method: 'GET', path: path(nth) }), times);
  await server.stop();
  return runs;
}

function recordRequests(measured, { got, put, bare, isLeased }) {
  const each = (runs, field) => runs.map((run) => run[field]);
  measured.record('get.cpu', each(got, 'cpu'));
  measured.record('get.sql', each(got, 'sql'));
  measured.record('put.cpu', each(put, 'cpu'));
  measured.record('put.sql', each(put, 'sql'));
  measured.record('fastify.cpu', each(bare, 'cpu'));
  const floor = medianOf(each(bare, 'cpu'));
  const how = isLeased ? 'leases its window a hundred requests at a time' : 'counts each request in the database';
  measured.record(
    'get.ratio',
    each(got, 'cpu').map((cpu) => cpu / floor),
    `the peer ${how}, as the gateway does`,
  );
}
