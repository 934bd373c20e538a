import { setTimeout as sleep } from 'node:timers/promises';
import { watchDatabase } from '../database.mjs';
import { callerOf, inTurn } from '../gateway.mjs';
import { freeNumbers } from '../reconcile.mjs';
import { startBed } from '../stack.mjs';
import { calmReconciler, changeSome, measureSweep, onePercentOf } from '../sweep.mjs';
import { Measured } from './rows.mjs';
import { repeat } from './series.mjs';
import { GATE } from './targets.mjs';

/** Numbers of the account that warms the process up, and of the one that is measured. */
const SMALL = 200;
const LARGE = 5_000;
/** Longer than any loop of the process naps: what it asks meanwhile it asks without work, too. */
const IDLE_MS = 2_500;
const ALONE = 6;
const REQUESTS = 40;
const ROOT = '/api/v2/voicelink/bindings';

/**
 * The short form of the table: counts instead of times, so that they hold on a busy machine. It fails when a shortcut is taken away: a page
 * that is parsed although it is unchanged, a row that is written although it is, records that are held, a statement for each page or step.
 */
export async function runGate({ seed, say }) {
  const measured = new Measured(GATE);
  const bed = await startBed({ dids: LARGE, more: [SMALL], seed });
  const database = await watchDatabase(bed.databaseUrl);
  try {
    const gateway = await bed.app('api-gateway', { name: 'gateway' });
    const small = await bed.connect(gateway, bed.others[0]);
    const reconciler = await calmReconciler({ bed, database });
    const world = { bed, database, reconciler, gateway };
    say('what an idle process asks');
    const idle = await idleStatements(reconciler);
    say(`sweeps of ${LARGE} numbers`);
    await gateSweeps(world, { measured, idle, small });
    say('numbers alone');
    await gateReconciles(world, { measured, idle });
    await gateRequests(world, measured);
  } finally {
    await database.close();
    await bed.stop();
  }
  return measured.rows();
}

/** Texts of the statements that the process sends without being asked for anything. */
async function idleStatements(reconciler) {
  await reconciler.reset();
  await sleep(IDLE_MS);
  const { byStatement } = await reconciler.read();
  return new Set(Object.keys(byStatement));
}

/** Of one phase, without those that are sent anyway, nor the ends of transactions; [text, times]. */
const ownStatements = ({ byStatement }, idle) =>
  Object.entries(byStatement).filter(([text]) => !idle.has(text) && !/^(?:START TRANSACTION|BEGIN|COMMIT)/i.test(text));

const sumOf = (entries) => entries.reduce((sum, [, times]) => sum + times, 0);

async function gateSweeps(world, { measured, idle, small }) {
  const sweep = (name, id) => measureSweep({ name, ...world, id });
  await repeat(3, () => sweep('small', small));
  const before = await sweep('small', small);
  await sweep('first');
  await sweep('the sweep after it');
  const unchanged = await repeat(3, () => sweep('unchanged'));
  const least = (valueOf) => Math.min(...unchanged.map(valueOf));
  const pages = unchanged[0].requests;
  const perPage = (one) => sumOf(ownStatements(one, idle).filter(([, times]) => times >= pages - 1)) / pages;
  measured.record(
    'gate.parsed',
    least(({ parsed, bytes }) => (100 * parsed) / bytes),
  );
  measured.record(
    'gate.rows',
    least(({ rows }) => rows),
  );
  measured.record('gate.perPage', least(perPage));
  measured.record(
    'gate.sql',
    least((one) => sumOf(ownStatements(one, idle))),
  );
  const kept = ({ heapKept, externalKept }) => heapKept + externalKept;
  measured.record('gate.kept', (least(kept) - kept(before)) / LARGE);
  const changed = await changeSome(world.bed.voicelink, { dids: LARGE, count: onePercentOf(LARGE) });
  const { rows } = await sweep('changed');
  measured.record('gate.changedRows', rows / changed);
}

/** One number after another, from nothing to READY: three writes. The least of them is what a number takes that meets nothing else. */
async function gateReconciles({ bed, database, reconciler, gateway }, { measured, idle }) {
  const { connection_id, agents } = bed.partner;
  const ask = callerOf(gateway, bed.partner);
  const numbers = await freeNumbers(bed, { count: ALONE, perClient: 1 });
  const taken = [];
  for (const { key, clientId } of numbers) {
    await reconciler.reset();
    const body = { connection_id, agent_id: agents[0].id, client_id: clientId };
    await ask({ method: 'PUT', path: `${ROOT}/${key}`, body });
    await database.until(READY, [key]);
    const figures = await reconciler.read();
    taken.push({ sql: sumOf(ownStatements(figures, idle)), requests: sumOf(Object.entries(figures.requests)) });
  }
  measured.record('gate.aloneSql', Math.min(...taken.map(({ sql }) => sql)));
  measured.record('gate.aloneRequests', Math.min(...taken.map(({ requests }) => requests)));
}

const READY = `select 1 from bindings b join dids d using (connection_id, key)
  where b.key = $1 and d.state = 'READY' and not d.stale and b.outcome = 'settled'`;

async function gateRequests({ bed, database, gateway }, measured) {
  const { connection_id, agents } = bed.partner;
  const ask = callerOf(gateway, bed.partner);
  const [{ key, client_id }] = await database.rows('select key, client_id from bindings limit 1');
  const path = `${ROOT}/${key}`;
  const body = { connection_id, agent_id: agents[0].id, client_id: client_id === null ? null : Number(client_id) };
  const kinds = {
    getSql: { method: 'GET', path: `${path}?connection_id=${connection_id}` },
    putSql: { method: 'PUT', path, body },
  };
  for (const [id, request] of Object.entries(kinds)) {
    await ask(request);
    await gateway.reset();
    await inTurn(REQUESTS, () => ask(request));
    const { byStatement } = await gateway.read();
    const own = Object.entries(byStatement).filter(([text]) => text !== 'select 1');
    measured.record(`gate.${id}`, sumOf(own) / REQUESTS);
  }
}
