import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Explained, failWith } from '../deploy/local/errors.mjs';
import { eventsBenchmark } from './events.mjs';
import { ratiosOf, tableOf } from './figures.mjs';
import { gatewayBenchmark } from './gateway.mjs';
import { readsBenchmark } from './reads.mjs';
import { reconcileBenchmark } from './reconcile.mjs';
import { simulatorBenchmark } from './simulator.mjs';
import { sweepBenchmark } from './sweep.mjs';
import { writeDocument } from './table/document.mjs';
import { runGate } from './table/gate.mjs';
import { runOf } from './table/run-of.mjs';
import { runScale, runTable } from './table/run-table.mjs';
import { textOf } from './table/text.mjs';

/** `npm run bench`: the whole table. `npm run bench -- <benchmark> [--dids N] …`: one kind of work in detail; see bench/README.md. */
const BENCHMARKS = {
  sweep: sweepBenchmark,
  reconcile: reconcileBenchmark,
  gateway: gatewayBenchmark,
  reads: readsBenchmark,
  simulator: simulatorBenchmark,
  events: eventsBenchmark,
};

const FLAGS = {
  /** Numbers of the account: 100,000 in the table, 10,000 in one benchmark, unless they are given. */
  dids: { type: 'string' },
  seed: { type: 'string', default: '1' },
  /** Of the table: numbers that are declared at once. */
  declared: { type: 'string', default: '300' },
  /** Of the table: repetitions of what can be repeated in seconds. */
  times: { type: 'string', default: '5' },
  reconcilers: { type: 'string', default: '1' },
  requests: { type: 'string', default: '1000' },
  /** Of every answer of VoiceLink, ms. */
  latency: { type: 'string', default: '0' },
  /** Requests per second of the account; 0: any number. */
  rate: { type: 'string', default: '0' },
  /** Declared numbers that want the same bot. */
  'per-client': { type: 'string', default: '25' },
  /** Of the bounds of reads: so many times as much is allowed, for a busy machine. */
  most: { type: 'string', default: '1' },
  /** Directory of another, built checkout: measured first in the same run, and the ratios are printed. */
  against: { type: 'string' },
  /** Writes a CPU profile per phase into .dialtone/bench. */
  profile: { type: 'boolean', default: false },
  /** Adds the counts per endpoint and per statement. */
  verbose: { type: 'boolean', default: false },
  /** For programs: one JSON object a line, one line a row. */
  json: { type: 'boolean', default: false },
  /** In place of the table: a million numbers on ten connections, an owner that is killed, a small budget; takes an hour. */
  scale: { type: 'boolean', default: false },
  /** Of the table: keeps the run in docs/performance.json, and writes docs/performance.md from it. */
  write: { type: 'boolean', default: false },
};

const count = (flag, text, least = 1) => {
  if (/^\d+$/.test(text) && Number(text) >= least) return Number(text);
  throw new Explained(`--${flag} takes a whole number from ${least}, not "${text}".`);
};

const details = (row) => {
  const top = Object.entries(row.byStatement ?? {}).sort(([, a], [, b]) => b - a);
  const lines = [...Object.entries(row.byEndpoint), ...top.slice(0, 25)].map(([what, n]) => `  ${n} × ${what}`);
  return [`\n${row.name}:`, ...lines].join('\n');
};

const say = (text) => process.stdout.write(`${text}\n`);
const sayLines = (rows) => rows.forEach((row) => say(JSON.stringify(row)));

function optionsOf(values, dids) {
  const given = { ...values, dids: values.dids ?? dids };
  const flags = ['dids', 'reconcilers', 'requests', 'seed', 'most', 'declared', 'times'];
  const numbers = Object.fromEntries(flags.map((flag) => [flag, count(flag, given[flag])]));
  const may0 = Object.fromEntries(['latency', 'rate'].map((flag) => [flag, count(flag, given[flag], 0)]));
  return { ...numbers, ...may0, perClient: count('per-client', given['per-client']), profile: values.profile };
}

/** Says what is done, with the time, beside what is printed. */
function progress() {
  const started = performance.now();
  const elapsed = () => `${Math.round((performance.now() - started) / 1000)} s`.padStart(6);
  return (text) => process.stderr.write(`${elapsed()}  ${text}\n`);
}

/** The short form; fails when one of its bounds is not kept. */
async function printGate(values) {
  const rows = await runGate({ seed: count('seed', values.seed), say: progress() });
  if (values.json) sayLines(rows);
  else say(textOf(rows));
  if (rows.some(({ met }) => met !== true)) process.exitCode = 1;
}

async function printTable(values) {
  const started = performance.now();
  const options = { ...optionsOf(values, values.scale ? '1000000' : '100000'), say: progress() };
  const rows = await (values.scale ? runScale : runTable)(options);
  const run = { ...runOf(options), seconds: Math.round((performance.now() - started) / 1000), rows };
  if (values.json) sayLines([{ ...run, rows: undefined }, ...rows]);
  else say(textOf(rows));
  if (values.write) await writeDocument(run, values.scale ? 'scale' : 'table');
}

async function printBenchmark(name, values) {
  const benchmark = BENCHMARKS[name];
  if (benchmark === undefined)
    throw new Explained(
      `Which benchmark? ${Object.keys(BENCHMARKS).join(', ')}, gate for the short form, or none for the whole table.`,
    );
  const options = optionsOf(values, '10000');
  const before = values.against && (await benchmark({ ...options, checkout: resolve(values.against) }));
  const rows = await benchmark(options);
  if (values.json) return sayLines(rows);
  if (before) say(`${values.against}:\n${tableOf(before)}\n\nthis checkout:`);
  say(tableOf(rows));
  if (before) say(`\nratio, this checkout to ${values.against}:\n${ratiosOf(before, rows)}`);
  if (values.verbose) for (const row of rows) say(details(row));
}

async function main() {
  const { values, positionals } = parseArgs({ options: FLAGS, allowPositionals: true });
  if (positionals.length === 0) return printTable(values);
  if (positionals[0] === 'gate') return printGate(values);
  return printBenchmark(positionals[0], values);
}

main().catch(failWith);
