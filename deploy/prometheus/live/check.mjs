import { setTimeout } from 'node:timers/promises';
import { Explained, failWith } from '../../local/errors.mjs';
import { findTool } from '../tools.mjs';
import { askEverything } from './queries.mjs';
import { makeTraffic } from './traffic.mjs';
import { up, watched } from './watched.mjs';

/**
 * Runs `up` with a Prometheus beside it, as one would look at it by hand, and asks every query of every dashboard and every rule
 * after the demonstration and a little traffic: `npm run live`. It ends as `up` does, and with 1 when a query has no answer. Where
 * no Prometheus can be had it runs the demonstration alone, and one line says so.
 */
const ROUNDS = { rounds: 25, pauseMs: 400 };
/** So long the queries may take until each has brought something: rates need two samples, rules are evaluated one after another. */
const PATIENCE_MS = 60_000;
const say = (line) => process.stdout.write(`${line}\n`);

const idOf = ({ where, expr }) => `${where}: ${expr}`;

/** What has had an answer once counts: the windows of the queries are a minute, and what happened in the demonstration leaves them. */
async function untilAnswered(prometheus, open = () => true, until = Date.now() + PATIENCE_MS) {
  const { asked, faults } = await askEverything(prometheus).catch((error) => ({
    asked: 0,
    faults: [{ where: 'Prometheus', expr: '', found: error.message }],
  }));
  const left = asked === 0 ? faults : faults.filter(open);
  if (left.length === 0) return say(`${asked} queries of dashboards and rules, each with an answer.`);
  if (Date.now() > until) {
    const list = left.map(({ where, expr, found }) => `${where}: ${found}\n    ${expr}`).join('\n');
    throw new Explained(`${left.length} of ${asked} queries have no answer:\n${list}`);
  }
  await setTimeout(2_000);
  const ids = new Set(left.map(idOf));
  return untilAnswered(prometheus, asked === 0 ? open : (fault) => ids.has(idOf(fault)), until);
}

async function main() {
  const command = findTool('prometheus');
  if (command !== null) {
    return watched(command, async (prometheus, facts) => {
      await makeTraffic(facts, ROUNDS);
      await untilAnswered(prometheus);
    });
  }
  say('Queries of dashboards and rules were not asked: this machine has no Prometheus, and no package of it.');
  return up('--once').ended;
}

main().then((code) => {
  process.exitCode = code;
}, failWith);
