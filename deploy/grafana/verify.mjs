// Asks a Prometheus for every query of every dashboard, and says which fail or bring nothing:
//   node deploy/grafana/verify.mjs http://127.0.0.1:9090
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const DASHBOARDS = join(import.meta.dirname, 'dashboards');
/** What Grafana would put in. */
const fill = (expr) => expr.replaceAll('$__rate_interval', '1m').replaceAll('="$connection"', '=~".+"');

const queries = readdirSync(DASHBOARDS).flatMap((file) =>
  JSON.parse(readFileSync(join(DASHBOARDS, file), 'utf8')).panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr, refId }) => ({ where: `${file} / ${title} / ${refId}`, expr: fill(expr) })),
  ),
);

async function ask(prometheus, expr) {
  const url = new URL('/api/v1/query', prometheus);
  url.searchParams.set('query', expr);
  const { status, error, data } = await (await fetch(url)).json();
  return status === 'success' ? data.result.length : error;
}

const [prometheus = 'http://127.0.0.1:9090'] = process.argv.slice(2);
let faults = 0;
for (const { where, expr } of queries) {
  const found = await ask(prometheus, expr);
  if (typeof found === 'number' && found > 0) continue;
  faults += 1;
  process.stdout.write(`${where}: ${found === 0 ? 'nothing' : found}\n    ${expr}\n`);
}
process.stdout.write(`${queries.length} queries, ${faults} without an answer\n`);
process.exitCode = faults === 0 ? 0 : 1;
