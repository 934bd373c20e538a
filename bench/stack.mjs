import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { Explained } from '../deploy/local/errors.mjs';
import { localDirectory, projectNode, repositoryRoot } from '../deploy/local/paths.mjs';
import { freePort } from '../deploy/local/ports.mjs';
import { startPostgres } from '../deploy/local/postgres.mjs';
import { mainOf, startMeasured } from './measured-process.mjs';

const USERNAME = 'reseller';
const PASSWORD = 'bench-password';
const PEERS = join(repositoryRoot, 'bench', 'peers');

/** Intervals of production, so that only the benchmark triggers work; limits so high that they do not affect it. */
const CALM = {
  NODE_ENV: 'production',
  HOST: '127.0.0.1',
  PORT: '0',
  METRICS_PORT: '0',
  LOG_LEVEL: 'info',
  SWEEP_INTERVAL_MS: '3600000',
  RESYNC_INTERVAL_MS: '3600000',
  VOICELINK_TIMEOUT_MS: '60000',
  LEASE_TTL_MS: '30000',
  RATE_LIMIT_PER_MINUTE: '600000',
  RATE_LIMIT_DECLARATIONS_PER_MINUTE: '600000',
  KAFKA_BROKERS: '',
};

/** A PostgreSQL of our own, or the server of DATABASE_URL; in both a database of our own, which goes with `stop`. */
async function startDatabase() {
  const given = process.env.DATABASE_URL;
  const directory = mkdtempSync(join(tmpdir(), 'dialtone-bench-'));
  chmodSync(directory, 0o755); // PostgreSQL passes through it as another user when we are root.
  const server = given
    ? { url: given, stop: () => Promise.resolve() }
    : await startPostgres({ dataDirectory: join(directory, 'postgres'), port: await freePort(), volatile: true });
  const name = `dialtone_bench_${randomBytes(4).toString('hex')}`;
  await onServer(server.url, `create database ${name}`);
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  const stop = async () => {
    await onServer(server.url, `drop database if exists ${name} with (force)`);
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  return { url: url.toString(), stop };
}

async function onServer(url, sql) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** Runs one command of the admin app to its end and returns what it printed. */
function admin(args, { env, checkout }) {
  return new Promise((resolve, reject) => {
    const child = spawn(projectNode(), [mainOf('admin', checkout), ...args], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const texts = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr']) child[stream].on('data', (chunk) => (texts[stream] += chunk));
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve(texts.stdout) : reject(new Explained(`admin ${args[0]}: ${texts.stderr}`)),
    );
  });
}

/** The simulator's admin API. */
const adminApi = (url) => async (method, path, body) => {
  const response = await fetch(`${url}/__admin${path}`, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`simulator ${method} ${path}: ${response.status} ${text}`);
  return text === '' ? null : JSON.parse(text);
};

/**
 * A real PostgreSQL, a simulated VoiceLink with `dids` purchased DIDs and a partner with a connection to it: everything
 * except the measured processes. `app` adds one of ours, `peer` a script of bench/peers. `more`: the DIDs of further VoiceLinks, each to be
 * connected by `connect`. `stop` ends everything.
 */
export async function startBed({ dids, more = [], seed = 1, checkout }) {
  const logs = join(localDirectory, 'bench');
  mkdirSync(logs, { recursive: true });
  const database = await startDatabase();
  const running = [];
  const stop = async () => {
    await Promise.all(running.map((child) => child.stop()));
    await database.stop();
  };
  const start = async (script, { name, ready, ...launch }) => {
    const child = startMeasured(script, { ...launch, name, logFile: join(logs, `${name}.log`) });
    running.push(child);
    return Object.assign(child, { url: await child.line(ready) });
  };
  try {
    const accounts = [];
    for (const [nth, count] of [dids, ...more].entries()) {
      accounts.push(await startVoiceLink({ start, checkout }, { nth, dids: count, seed: seed + nth }));
    }
    const env = {
      ...CALM,
      DATABASE_URL: database.url,
      API_KEY_PEPPER: randomBytes(32).toString('base64'),
      CREDENTIALS_KEYS: `bench:${randomBytes(32).toString('base64')}`,
      VOICELINK_BASE_URL_ALLOWLIST: accounts.map(({ baseUrl }) => baseUrl).join(','),
    };
    const partner = await firstPartner(accounts[0], { env, checkout });
    const app = (kind, { name, ...set }) =>
      start(mainOf(kind, checkout), { name, env: { ...env, ...set }, ready: /"url":"(http:[^"]+)"/ });
    const peer = (name) => start(join(PEERS, `${name}.mjs`), { name, env, ready: /^at (\S+)/ });
    const [account, ...others] = accounts;
    const { simulator, voicelink } = account;
    const parts = { simulator, voicelink, account, others, partner, databaseUrl: database.url };
    return { ...parts, app, peer, connect: connectTo(partner), logs, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startVoiceLink({ start, checkout }, { nth, dids, seed }) {
  const account = { username: nth === 0 ? USERNAME : `${USERNAME}-${nth + 1}`, password: PASSWORD };
  const simulator = await start(mainOf('voicelink-simulator', checkout), {
    name: nth === 0 ? 'simulator' : `simulator-${nth + 1}`,
    args: Object.entries({ port: 0, seed, dids, ...account }).flatMap(([flag, value]) => [`--${flag}`, String(value)]),
    ready: /listening on (\S+)/,
  });
  return { ...account, baseUrl: simulator.url, simulator, voicelink: adminApi(simulator.url) };
}

async function firstPartner({ baseUrl, username, password }, { env, checkout }) {
  await admin(['migrate'], { env, checkout });
  const demo = ['demo', '--base-url', baseUrl, '--username', username];
  return JSON.parse(await admin(demo, { env: { ...env, VOICELINK_PASSWORD: password }, checkout }));
}

/** Connects the partner to one more VoiceLink, over the gateway, and returns the connection's id. */
const connectTo =
  (partner) =>
  async (gateway, { baseUrl, username, password }) => {
    const response = await fetch(`${gateway.url}/api/v2/telephony/connections`, {
      method: 'POST',
      headers: { authorization: `Bearer ${partner.api_key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ provider: 'voicelink', name: username, base_url: baseUrl, username, password }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`connecting ${baseUrl}: ${response.status} ${text}`);
    return JSON.parse(text).data.connection.id;
  };
