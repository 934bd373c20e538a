// Preloaded into a process that is measured (`node --require bench/probe.cjs …`): answers its parent over IPC with what
// the process did since the last `reset`. It counts where all work passes by: the driver's `query`, undici's channels, JSON.parse.
const { subscribe } = require('node:diagnostics_channel');
const { readFileSync, writeFileSync } = require('node:fs');
const { Session } = require('node:inspector');
const { createRequire } = require('node:module');
const { resolve } = require('node:path');
const { monitorEventLoopDelay } = require('node:perf_hooks');
// The driver of the app that is measured, which may be another checkout's.
const { Client } = createRequire(resolve(process.argv[1]))('pg');

/** Often enough to see the peak of a sweep, rare enough to cost nothing. */
const SAMPLE_MS = 10;

const clients = new Set();
const delay = monitorEventLoopDelay({ resolution: 1 });
let counts;
let cpuAtReset;
let session = null;
let sampling = null;

const send = Client.prototype.query;
Client.prototype.query = function query(...args) {
  clients.add(this);
  counts.statements += 1;
  const text = String(args[0]?.text ?? args[0])
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 90);
  counts.byStatement[text] = (counts.byStatement[text] ?? 0) + 1;
  return send.apply(this, args);
};

const parse = JSON.parse;
JSON.parse = function parseCounted(text, ...more) {
  counts.parsed += String(text).length;
  return parse.call(this, text, ...more);
};

subscribe('undici:request:create', ({ request }) => {
  const endpoint = `${request.method} ${request.path.split('?')[0].replace(/\/\d+$/, '/{id}')}`;
  counts.requests[endpoint] = (counts.requests[endpoint] ?? 0) + 1;
});
subscribe('undici:request:bodyChunkReceived', ({ chunk }) => {
  counts.bytes += chunk.length;
});

/** Linux keeps the peak of the resident set itself, and forgets it on request; elsewhere it is sampled. */
const forgetPeak = () => {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // Not Linux.
  }
};
const peakRss = () => {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024;
  } catch {
    return counts.rss;
  }
};

const reset = () => {
  global.gc?.();
  counts = { statements: 0, byStatement: {}, requests: {}, bytes: 0, parsed: 0, rss: 0, heap: 0, external: 0 };
  forgetPeak();
  delay.reset();
  cpuAtReset = process.cpuUsage();
};

const sample = () => {
  const { rss, heapUsed, external } = process.memoryUsage();
  counts.rss = Math.max(counts.rss, rss);
  counts.heap = Math.max(counts.heap, heapUsed);
  counts.external = Math.max(counts.external, external);
};

const read = () => {
  const { user, system } = process.cpuUsage(cpuAtReset);
  sample();
  const { statements, byStatement, requests, bytes, parsed, heap } = counts;
  const measured = { cpuMs: (user + system) / 1000, heapPeak: heap, rssPeak: peakRss() };
  const loop = { loopP99Ms: delay.percentile(99) / 1e6, loopMaxMs: delay.max / 1e6 };
  // Twice: what the first collection finds unused outside the heap, the second one frees.
  global.gc?.();
  global.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  const kept = { heapKept: heapUsed, externalKept: external };
  return { statements, byStatement, requests, bytes, parsed, ...measured, ...loop, ...kept };
};

/** So that the statistics of these sessions are complete at once, and not after a second. */
const flushStatistics = async () => {
  for (const client of clients) await send.call(client, 'select pg_stat_force_next_flush()').catch(() => {});
};

const startProfile = () => {
  session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.start');
};
const stopProfile = (file) =>
  new Promise((resolve) => {
    session.post('Profiler.stop', (error, { profile }) => {
      writeFileSync(file, JSON.stringify(profile));
      resolve();
    });
  });

const orders = {
  reset: ({ profile }) => {
    // Not before: what nobody measures is to cost nothing.
    sampling ??= setInterval(sample, SAMPLE_MS).unref();
    if (profile) startProfile();
    reset();
  },
  read: async ({ profile }) => {
    const answer = read();
    if (profile) await stopProfile(profile);
    await flushStatistics();
    return answer;
  },
  // What a peer has set as its work.
  run: (options) => globalThis[Symbol.for('bench.work')](options),
};

reset();
delay.enable();
process.on('message', async ({ id, order, options }) => {
  try {
    process.send({ id, answer: await orders[order](options) });
  } catch (error) {
    process.send({ id, error: error?.stack ?? String(error) });
  }
});
// Whatever ends the benchmark, nothing of it is left running.
process.on('disconnect', () => process.exit());
process.channel?.unref();
