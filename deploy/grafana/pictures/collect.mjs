import { askPrometheus, queriesOf } from '../../prometheus/live/queries.mjs';

/** Three minutes, a value every two seconds; Prometheus scrapes every second, so that rates may go over a short time. */
export const TIMES = { spanS: 180, stepS: 2, rateS: 15 };

/**
 * Asks all that a dashboard asks.
 * @param {string} prometheus its URL
 * @param dashboard its JSON
 * @returns {Promise<{panel: number, legend: string, start: number, series: object[]}[]>} one entry a query: from when on, in seconds,
 *   and its series as Prometheus answers them
 */
export async function collect(prometheus, dashboard) {
  const endS = Date.now() / 1000;
  const answers = [];
  for (const query of queriesOf(dashboard, TIMES)) {
    const { status, error, data } = await askPrometheus(prometheus, query, { ...TIMES, endS });
    if (status !== 'success') throw new Error(`${dashboard.title}, ${query.title}: ${error}`);
    answers.push({ panel: query.panel, legend: query.legend, start: endS - TIMES.spanS, series: data.result });
  }
  return answers;
}
