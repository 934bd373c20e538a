// Asks a Prometheus every query of every dashboard as Grafana does, and every rule, and says which fail, bring nothing, or bring
// only NaN:
//   node deploy/prometheus/live/queries.mjs http://127.0.0.1:9090
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { EMPTY_WHEN_ALL_IS_WELL } from './quiet.mjs';

const DASHBOARDS = join(import.meta.dirname, '../../grafana/dashboards');
const RULES = join(import.meta.dirname, '../rules');
const SPAN_S = 300;
const STEP_S = 5;

/** What Grafana would put in; each variable of a dashboard stands for all of its values. */
const fill = (expr, variables) =>
  variables.reduce(
    (text, name) => text.replaceAll(new RegExp(`=~?"\\$\\{?${name}\\}?"`, 'g'), '=~".*"'),
    expr
      .replaceAll('$__rate_interval', '1m')
      .replaceAll('$__interval', `${STEP_S}s`)
      .replaceAll('$__range', `${SPAN_S}s`),
  );

const panelsOf = (panels) => panels.flatMap((panel) => [panel, ...panelsOf(panel.panels ?? [])]);

/** `{where, expr, isInstant}` of every dashboard: tables and tiles ask for now, graphs for a while. */
const dashboardQueries = () =>
  readdirSync(DASHBOARDS).flatMap((file) => {
    const { panels, templating } = JSON.parse(readFileSync(join(DASHBOARDS, file), 'utf8'));
    const variables = (templating?.list ?? []).map(({ name }) => name);
    return panelsOf(panels).flatMap(({ title, targets = [] }) =>
      targets.map(({ expr, refId, instant = false }) => ({
        where: `${file} / ${title} / ${refId}`,
        expr: fill(expr, variables),
        isInstant: instant,
      })),
    );
  });

/** An alert that is quiet brings nothing: without its comparisons with numbers it tells what it looks at. */
const withoutComparisons = (expr) =>
  expr.replaceAll(/\s*(?:>=?|<=?|==|!=)\s*[\d.* ]+(?=$|\s+(?:and|or|unless)\b)/g, '');

const ruleQueries = () =>
  readdirSync(RULES)
    .flatMap((file) => parse(readFileSync(join(RULES, file), 'utf8')).groups)
    .flatMap(({ rules }) => rules)
    .map(({ alert, record, expr }) => ({
      where: alert === undefined ? `record ${record}` : `alert ${alert}`,
      expr: alert === undefined ? record : withoutComparisons(expr),
      isInstant: false,
    }));

async function ask(prometheus, { expr, isInstant }) {
  const now = Date.now() / 1000;
  const url = new URL(isInstant ? '/api/v1/query' : '/api/v1/query_range', prometheus);
  const range = { start: now - SPAN_S, end: now, step: STEP_S };
  for (const [name, value] of Object.entries({ query: expr, ...(isInstant ? { time: now } : range) }))
    url.searchParams.set(name, String(value));
  const { status, error, data } = await (await fetch(url)).json();
  if (status !== 'success') return error;
  const values = data.result.flatMap((series) => series.values ?? [series.value]).map(([, value]) => Number(value));
  if (values.length === 0) return 'nothing';
  return values.every(Number.isNaN) ? 'only NaN' : null;
}

/**
 * Asks all of them.
 * @param {string} prometheus its URL
 * @returns {Promise<{asked: number, faults: {where: string, expr: string, found: string}[]}>} the `faults` leave out what is empty
 *   as long as all is well.
 */
export async function askEverything(prometheus) {
  const queries = [...dashboardQueries(), ...ruleQueries()];
  const faults = [];
  for (const query of queries) {
    const found = await ask(prometheus, query);
    if (found === null || (found === 'nothing' && EMPTY_WHEN_ALL_IS_WELL.has(query.where))) continue;
    faults.push({ where: query.where, expr: query.expr, found });
  }
  return { asked: queries.length, faults };
}

if (process.argv[1] === import.meta.filename) {
  const [prometheus = 'http://127.0.0.1:9090'] = process.argv.slice(2);
  const { asked, faults } = await askEverything(prometheus);
  for (const { where, expr, found } of faults) process.stdout.write(`${where}: ${found}\n    ${expr}\n`);
  process.stdout.write(`${asked} queries, ${faults.length} without an answer\n`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
