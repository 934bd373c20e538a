import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Explained, failWith } from '../local/errors.mjs';
import { repositoryRoot } from '../local/paths.mjs';
import { makeTraffic } from '../prometheus/live/traffic.mjs';
import { watched } from '../prometheus/live/watched.mjs';
import { findTool } from '../prometheus/tools.mjs';
import { collect } from './pictures/collect.mjs';
import { draw } from './pictures/draw.mjs';

/**
 * Draws every dashboard to docs/operations/pictures: `npm run pictures`. It runs `up` with a Prometheus beside it, as `npm run live`
 * does, makes traffic for three minutes and draws what the queries of the panels answer then. It takes some five minutes.
 */
const DASHBOARDS = join(import.meta.dirname, 'dashboards');
const PICTURES = join(repositoryRoot, 'docs/operations/pictures');
/** Slow enough that most numbers are not broken so often that Dialtone leaves them alone. */
const ROUNDS = { rounds: 80, pauseMs: 2_000 };

async function drawAll(prometheus) {
  mkdirSync(PICTURES, { recursive: true });
  for (const file of readdirSync(DASHBOARDS)) {
    const dashboard = JSON.parse(readFileSync(join(DASHBOARDS, file), 'utf8'));
    const picture = join(PICTURES, file.replace('.json', '.svg'));
    writeFileSync(picture, draw(dashboard, await collect(prometheus, dashboard)));
    process.stdout.write(`${picture}\n`);
  }
}

async function main() {
  const command = findTool('prometheus');
  if (command === null) throw new Explained('Nothing was drawn: this machine has no Prometheus, and no package of it.');
  return watched(command, async (prometheus, facts) => {
    await makeTraffic(facts, ROUNDS);
    await drawAll(prometheus);
  });
}

main().then((code) => {
  process.exitCode = code;
}, failWith);
