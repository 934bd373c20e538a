import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Explained } from '../deploy/local/errors.mjs';
import { watchDatabase } from './database.mjs';
import { figuresOf } from './figures.mjs';
import { fillReads } from './reads-world.mjs';
import { startBed } from './stack.mjs';

/** The gateway's CPU for one answer, ms: what was promised for 100,000 numbers. */
const MOST_MS = { summary: 30, page: 40 };
/** Answers of each kind, one after another; the first ones warm up and are not measured. */
const WARM_UP = 3;
const ROWS = 1_000;

/**
 * A real gateway in front of `dids` stored numbers of one partner: the CPU of one summary and of one page of 1,000 compact rows, for each filter
 * and order. Fails when one costs more than `most` times the bound.
 */
export async function readsBenchmark({ dids, requests, most, profile, checkout }) {
  const bed = await startBed({ dids: 1, checkout });
  const database = await watchDatabase(bed.databaseUrl);
  try {
    const [{ partner_id: partnerId }] = await database.rows('select partner_id from connections limit 1');
    const world = await fillReads(database, partnerId, dids);
    const gateway = await bed.app('api-gateway', { name: 'gateway' });
    const times = Math.max(3, Math.ceil(requests / 100));
    const idle = await idleOf(gateway);
    const rows = [];
    for (const kind of kindsOf(world)) rows.push(await measure(kind, { bed, gateway, times, profile, idle }));
    const dear = rows.filter(({ perAnswerMs, most: bound }) => perAnswerMs > bound * most);
    if (dear.length > 0) throw new Explained(`Too dear:\n${linesOf(dear)}`);
    return rows;
  } finally {
    await database.close();
    await bed.stop();
  }
}

const ROOT = '/api/v2/voicelink';

/** Name, path, and its bound. Each summary asks for something else, so that none is given again. */
function kindsOf({ agents, connections }) {
  const filters = [
    ['', ''],
    ['connection', `connection_id=${connections[3]}`],
    ['agent', `agent_id=${agents[4]}`],
    ['label', 'labels=team%3Dt2'],
  ];
  const pages = [
    ...filters,
    ['state READY', 'state=READY'],
    ['states', 'state=NO_BOT,ROUTING_CHANGED'],
    ['issue', 'issue=ROUTING_MISSING'],
    ['digits', 'q=123'],
    ['digits, rare', 'q=654321'],
    ['stale', 'stale=true'],
    ['mode', 'mode=observe'],
    ['manager', 'manager=crm-export'],
    ...['key', 'since', 'state'].flatMap((sort) =>
      ['asc', 'desc'].map((order) => [`${sort} ${order}`, `sort=${sort}&order=${order}`]),
    ),
  ];
  const page =
    (list) =>
    ([what, query]) => [
      `${list}${what && `, ${what}`}`,
      () => `${ROOT}/${list}?fields=compact&limit=${ROWS}&${query}`,
      MOST_MS.page,
    ];
  return [
    ['summary', () => `${ROOT}/readiness/summary`, MOST_MS.summary, { anew: true }],
    ...filters.map(([what, query]) => [
      `summary${what && `, ${what}`}, !label`,
      (nth) => `${ROOT}/readiness/summary?${withoutLabel(query, nth)}`,
      MOST_MS.summary,
    ]),
    ['summary, given again', () => `${ROOT}/readiness/summary`, MOST_MS.summary],
    ...pages.map(page('readiness')),
    page('readiness')(['not declared', 'declared=false']),
    ...pages.map(page('bindings')),
  ];
}

/** A selector that selects the same each time, and is another one each time. */
const withoutLabel = (query, nth) =>
  query.startsWith('labels') ? `${query},!none${nth}` : `${query}&labels=!none${nth}`;

/** After so long an answer that took so long is not given again. */
const untilAnew = (tookMs) => sleep(1_200 + 11 * tookMs);
/** Of those that wait for this. */
const TIMES_ANEW = 3;

async function measure([name, pathOf, most, { anew = false } = {}], { bed, gateway, times: many, profile, idle }) {
  const times = anew ? TIMES_ANEW : many;
  const headers = { authorization: `Bearer ${bed.partner.api_key}` };
  const ask = async (nth) => {
    const response = await fetch(`${gateway.url}${pathOf(nth)}`, { headers });
    const text = await response.text();
    if (!response.ok) throw new Error(`GET ${pathOf(nth)}: ${response.status} ${text}`);
    return text.length;
  };
  const file = profile && join(bed.logs, `reads-${name.replaceAll(/\W+/g, '-')}.cpuprofile`);
  for (let nth = 0; nth < WARM_UP; nth += 1) await ask(nth);
  if (!anew) {
    const measured = await measureOne(gateway, { profile, file }, async () => {
      let bytes = 0;
      for (let nth = 0; nth < times; nth += 1) bytes += await ask(WARM_UP + nth);
      return bytes;
    });
    return { ...measured, name: `${times} × ${name}`, perAnswerMs: workOf(measured, idle) / times, most };
  }
  const each = [];
  for (let nth = 0; nth < times; nth += 1) {
    await untilAnew(each.at(-1)?.wallMs ?? ASSUMED_MS);
    each.push(await measureOne(gateway, {}, () => ask(nth)));
  }
  const [first] = each;
  const sum = (field) => each.reduce((total, one) => total + one[field], 0);
  const sums = Object.fromEntries(['cpuMs', 'wallMs', 'bytes', 'statements'].map((field) => [field, sum(field)]));
  return { ...first, ...sums, name: `${times} × ${name}`, perAnswerMs: workOf(sums, idle) / times, most };
}

/** How long a gateway that is asked nothing is watched. */
const IDLE_MS = 5_000;

/** The CPU that the gateway and the probe in it take of each millisecond, whether it is asked or not. */
async function idleOf(gateway) {
  const { cpuMs, wallMs } = await measureOne(gateway, {}, () => sleep(IDLE_MS));
  return cpuMs / wallMs;
}

/** An answer waits for PostgreSQL, on a busy machine for long: what the probe takes meanwhile is not of the answer. */
const workOf = ({ cpuMs, wallMs }, idle) => Math.max(0, cpuMs - idle * Math.max(0, wallMs - cpuMs));

/** What an answer before the first measured one may have taken. */
const ASSUMED_MS = 500;

async function measureOne(gateway, { profile, file }, work) {
  await gateway.reset({ profile });
  const started = performance.now();
  const bytes = await work();
  const wallMs = performance.now() - started;
  const measured = await gateway.read({ profile: file });
  return { ...figuresOf(measured), bytes, wallMs, byStatement: measured.byStatement };
}

const linesOf = (rows) =>
  rows
    .map(({ name, perAnswerMs, most }) => `${name}: ${perAnswerMs.toFixed(1)} ms of CPU for one, bound ${most} ms`)
    .join('\n');
