// Asks a Prometheus every query of every dashboard as Grafana does, and every rule, and says which fail, bring nothing, or bring
// only NaN:
//   node deploy/prometheus/live/queries.mjs http://127.0.0.1:9090
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { EMPTY_WHEN_ALL_IS_WELL } from './quiet.mjs';

const DASHBOARDS = join(import.meta.dirname, '../../grafana/dashboards');
const RULES = join(import.meta.dirname, '../rules');

/** How far back graphs look, how dense their values are and over how long their rates go, when a query is only to be tried. */
const TRIED = { spanS: 300, stepS: 5, rateS: 60 };

/** What Grafana would put in; each variable of a dashboard stands for all of its values. */
const fill = (expr, variables, { spanS, stepS, rateS }) =>
  variables.reduce(
    (text, name) => text.replaceAll(new RegExp(`=~?"\\$\\{?${name}\\}?"`, 'g'), '=~".*"'),
    expr
      .replaceAll('$__rate_interval', `${rateS}s`)
      .replaceAll('$__interval', `${stepS}s`)
      .replaceAll('$__range', `${spanS}s`),
  );

const panelsOf = (panels) => panels.flatMap((panel) => [panel, ...panelsOf(panel.panels ?? [])]);

/**
 * The queries of a dashboard as Grafana asks them: tables and tiles ask for now, graphs for a while.
 * @param dashboard its JSON
 * @param {{spanS: number, stepS: number, rateS: number}} times what Grafana takes from the time range, in seconds
 * @returns {{panel: number, title: string, refId: string, expr: string, legend: string, isInstant: boolean}[]} `panel` is its id
 */
export const queriesOf = ({ panels, templating }, times) => {
  const variables = (templating?.list ?? []).map(({ name }) => name);
  return panelsOf(panels).flatMap(({ id, title, targets = [] }) =>
    targets.map(({ expr, refId, legendFormat, instant = false }) => ({
      panel: id,
      title,
      refId,
      expr: fill(expr, variables, times),
      legend: legendFormat,
      isInstant: instant,
    })),
  );
};

const dashboardQueries = () =>
  readdirSync(DASHBOARDS).flatMap((file) =>
    queriesOf(JSON.parse(readFileSync(join(DASHBOARDS, file), 'utf8')), TRIED).map(
      ({ title, refId, expr, isInstant }) => ({ where: `${file} / ${title} / ${refId}`, expr, isInstant }),
    ),
  );

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

/**
 * Asks one query.
 * @param {string} prometheus its URL
 * @param {{expr: string, isInstant: boolean}} query
 * @param {{endS?: number, spanS: number, stepS: number}} times until when, how far back and how densely, in seconds
 * @returns {Promise<{status: string, error?: string, data: {result: object[]}}>} the answer of its HTTP API
 */
export async function askPrometheus(prometheus, { expr, isInstant }, times) {
  const { endS = Date.now() / 1000, spanS, stepS } = times;
  const url = new URL(isInstant ? '/api/v1/query' : '/api/v1/query_range', prometheus);
  const range = { start: endS - spanS, end: endS, step: stepS };
  for (const [name, value] of Object.entries({ query: expr, ...(isInstant ? { time: endS } : range) }))
    url.searchParams.set(name, String(value));
  return (await fetch(url)).json();
}

async function ask(prometheus, query) {
  const { status, error, data } = await askPrometheus(prometheus, query, TRIED);
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
