import { setTimeout as sleep } from 'node:timers/promises';
import { freeNumbers } from '../reconcile.mjs';
import { medianOf, percentileOf } from '../statistics.mjs';

/** How many numbers are declared, one after another, while every answer of VoiceLink takes so long. */
const DECLARED = [
  { latency: 50, numbers: 30 },
  { latency: 200, numbers: 15 },
  { latency: 1000, numbers: 6 },
];
const READY = `select 1 from bindings b join dids d using (connection_id, key)
  where b.key = $1 and d.state = 'READY' and not d.stale and b.outcome = 'settled'`;

/** How long one number takes from its declaration to READY on an account that is swept all the time, in round trips to VoiceLink. */
export async function measureRoundTrips(world, { measured, say }) {
  const { bed, database } = world;
  const gateway = await bed.app('api-gateway', { name: 'gateway' });
  const all = DECLARED.reduce((sum, { numbers }) => sum + numbers, 0);
  const wanted = await freeNumbers(bed, { count: all, perClient: 1 });
  const sweeps = keepSweeping(world);
  try {
    for (const { latency, numbers } of DECLARED) {
      say(`declared → READY at ${latency} ms`);
      await bed.voicelink('DELETE', '/faults');
      await bed.voicelink('POST', '/faults', { kind: 'latency', endpoint: '*', ms: latency });
      const took = [];
      for (const number of wanted.splice(0, numbers)) took.push(await readyAfter({ gateway, bed, database }, number));
      recordTrips(measured, latency, took);
    }
  } finally {
    await sweeps.stop();
    await bed.voicelink('DELETE', '/faults');
  }
}

function recordTrips(measured, latency, took) {
  const trips = took.map((ms) => ms / latency);
  measured.record(`trips.${latency}.median`, [medianOf(trips)]);
  measured.record(`trips.${latency}.p99`, [percentileOf(trips, 0.99)], `of ${trips.length} numbers`);
  measured.record(`trips.${latency}.ms`, took);
}

async function readyAfter({ gateway, bed, database }, { key, clientId }) {
  const { api_key, connection_id, agents } = bed.partner;
  const started = performance.now();
  const response = await fetch(`${gateway.url}/api/v2/voicelink/bindings/${key}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${api_key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ connection_id, agent_id: agents[0].id, client_id: clientId }),
  });
  if (!response.ok) throw new Error(`PUT of ${key}: ${response.status} ${await response.text()}`);
  await database.until(READY, [key], { everyMs: 5 });
  return performance.now() - started;
}

/** Asks for the next sweep as soon as one has ended. */
function keepSweeping({ bed, database }) {
  let isOver = false;
  const run = async () => {
    while (!isOver) {
      await database.rows(
        `update connections set sweep_due_at = now(), sweep_requested_at = now()
          where id = $1 and (sweep_requested_at is null or sweep_started_at >= sweep_requested_at and last_swept_at >= sweep_started_at)`,
        [bed.partner.connection_id],
      );
      await database.rows(`select pg_notify('dialtone', '')`);
      await sleep(500);
    }
  };
  const running = run();
  return {
    stop: async () => {
      isOver = true;
      await running;
    },
  };
}
