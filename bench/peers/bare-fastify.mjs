import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import fastify from 'fastify';
import pg from 'pg';
import { offerWork } from './work.mjs';

/** The same table as the gateway's. */
const COUNT = `
  insert into request_windows as w (api_key_id, bucket, started_at, used) values ($1, 'peer', date_trunc('minute', now()), $2)
  on conflict (api_key_id, bucket) do update
    set used = case when w.started_at = excluded.started_at then w.used else 0 end + excluded.used, started_at = excluded.started_at
  returning used`;
const ROW = `
  select b.*, d.state, d.issues, d.action_items, d.stale, d.observed_at, d.drift_id, a.name as agent_name, a.deleted_at as agent_deleted_at
    from bindings b left join dids d using (connection_id, key) left join agents a on a.id = b.agent_id
   where b.partner_id = $1 and b.connection_id = $2 and b.key = $3`;
const LIMIT = 600_000;
/** Requests that are taken from the window at once, where it is leased. */
const LEASED = 100;

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
const pepper = randomBytes(32);
const digestOf = (key) => createHmac('sha256', pepper).update(key).digest();

/** What the gateway does for one GET, by hand: the key's digest, the window of its minute, one row as JSON. */
let caller = null;
let left = 0;

const server = fastify();
server.addHook('onRequest', async (request, reply) => {
  const key = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
  if (caller === null || !timingSafeEqual(digestOf(key), caller.digest))
    return reply.code(401).send({ success: false });
  if (left === 0) {
    left = caller.leased ? LEASED : 1;
    const { rows } = await pool.query(COUNT, [caller.keyId, left]);
    caller.used = rows[0].used;
  }
  left -= 1;
  reply.header('ratelimit-limit', LIMIT).header('ratelimit-remaining', LIMIT - caller.used + left);
});
server.get('/bindings/:key', async ({ params, query }, reply) => {
  const { rows } = await pool.query(ROW, [caller.partnerId, query.connection_id, params.key]);
  if (rows.length === 0) return reply.code(404).send({ success: false });
  return { success: true, data: shown(rows[0]) };
});

const shown = (row) => ({
  key: row.key,
  phone_number: `+${row.key}`,
  connection_id: row.connection_id,
  agent: { id: row.agent_id, name: row.agent_name, deleted: row.agent_deleted_at !== null },
  client_id: row.client_id,
  bot_name: row.bot_name,
  websocket_url: row.websocket_url,
  mode: row.mode,
  release: row.release,
  labels: row.labels,
  manager: row.manager,
  generation: row.generation,
  observed_generation: row.observed_generation,
  status: {
    outcome: row.outcome,
    message: row.message,
    attempts: row.attempts,
    last_reconciled_at: row.last_reconciled_at,
    next_reconcile_at: row.due_at,
    conditions: ['Ready', 'Synced', 'Progressing', 'Stalled', 'DataFresh', 'WritesAllowed'].map((type) => ({
      type,
      status: type === 'Ready' && row.state === 'READY' ? 'True' : 'False',
      reason: row.state,
      message: 'Point outbound VoiceLink call routing of this DID to an active WebSocket bot',
      observed_generation: row.observed_generation,
      last_transition_time: row.updated_at,
    })),
  },
  readiness: {
    state: row.state,
    issues: row.issues,
    action_items: row.action_items,
    stale: row.stale,
    observed_at: row.observed_at,
    age_seconds: (Date.now() - row.observed_at) / 1000,
    drift_id: row.drift_id,
  },
  created_at: row.created_at,
  updated_at: row.updated_at,
});

const url = await server.listen({ host: '127.0.0.1', port: 0 });
offerWork(async ({ apiKey, keyId, partnerId, leased }) => {
  caller = { digest: digestOf(apiKey), keyId, partnerId, leased, used: 0 };
}, url);
