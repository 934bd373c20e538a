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

/** `npm run bench -- <benchmark> [--dids N] …`: real processes, a real database; see bench/README.md. */
const BENCHMARKS = {
  sweep: sweepBenchmark,
  reconcile: reconcileBenchmark,
  gateway: gatewayBenchmark,
  reads: readsBenchmark,
  simulator: simulatorBenchmark,
  events: eventsBenchmark,
};

const FLAGS = {
  dids: { type: 'string', default: '10000' },
  seed: { type: 'string', default: '1' },
  reconcilers: { type: 'string', default: '1' },
  requests: { type: 'string', default: '1000' },
  /** Of every answer of VoiceLink, ms. */
  latency: { type: 'string', default: '0' },
  /** Requests per second of the account; 0: any number. */
  rate: { type: 'string', default: '0' },
  /** Of the bounds of reads: so many times as much is allowed, for a busy machine. */
  most: { type: 'string', default: '1' },
  /** Directory of another, built checkout: measured first in the same run, and the ratios are printed. */
  against: { type: 'string' },
  /** Writes a CPU profile per phase into .dialtone/bench. */
  profile: { type: 'boolean', default: false },
  /** Adds the counts per endpoint and per statement. */
  verbose: { type: 'boolean', default: false },
  /** For programs: one JSON array instead of a table. */
  json: { type: 'boolean', default: false },
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

async function main() {
  const { values, positionals } = parseArgs({ options: FLAGS, allowPositionals: true });
  const benchmark = BENCHMARKS[positionals[0]];
  if (benchmark === undefined) throw new Explained(`Which benchmark? ${Object.keys(BENCHMARKS).join(', ')}.`);
  const flags = ['dids', 'reconcilers', 'requests', 'seed', 'most'];
  const numbers = Object.fromEntries(flags.map((flag) => [flag, count(flag, values[flag])]));
  const may0 = Object.fromEntries(['latency', 'rate'].map((flag) => [flag, count(flag, values[flag], 0)]));
  const options = { ...numbers, ...may0, profile: values.profile };
  const say = (text) => process.stdout.write(`${text}\n`);
  const before = values.against && (await benchmark({ ...options, checkout: resolve(values.against) }));
  const rows = await benchmark(options);
  if (values.json) return say(JSON.stringify(rows));
  if (before) say(`${values.against}:\n${tableOf(before)}\n\nthis checkout:`);
  say(tableOf(rows));
  if (before) say(`\nratio, this checkout to ${values.against}:\n${ratiosOf(before, rows)}`);
  if (values.verbose) for (const row of rows) say(details(row));
}

main().catch(failWith);
