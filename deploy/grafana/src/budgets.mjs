import { number } from './panels.mjs';

const MINUTES = 43_200;

/** The part of the last 30 days that a recorded series covers, 0 to 1. */
const covered = (series) => `count_over_time(${series}[30d:1m]) / ${MINUTES}`;

/**
 * What is left of an error budget over 30 days, 1 to 0 and below. `bad`: the share of what went wrong in the time that there is.
 * It counts for as much of the 30 days as `series` covers: half an hour of trouble after the first start is no month of it.
 */
export const budgetLeft = (title, { bad, series, allowed, ...options }) =>
  number(title, {
    queries: [[`min(1 - (${bad}) * ${covered(series)} / ${allowed})`]],
    instant: true,
    unit: 'percentunit',
    steps: [
      [null, 'red'],
      [0.1, 'orange'],
      [0.5, 'green'],
    ],
    noValue: 'nothing yet',
    ...options,
  });

const sum = (expr) => `sum by (namespace) (${expr})`;

/** The share of what a histogram observed later than 300 s. Prometheus 3 writes the bound of a bucket as 300.0. */
export const lateShare = (histogram, matchers = '') => {
  const increase = (suffix, more) => sum(`increase(${histogram}_${suffix}{${[matchers, more].filter(Boolean)}}[30d])`);
  return `1 - ${increase('bucket', 'le=~"300|300.0"')} / (${increase('count', '')} > 0)`;
};

/** The share of requests that were answered with a 5xx of Dialtone's own. */
export const failedShare = (job) => {
  const requests = (more) => sum(`increase(http_requests_total{job="${job}"${more}}[30d])`);
  return `(${requests(', status=~"5..", cause!="upstream"')} or 0 * ${requests('')}) / (${requests('')} > 0)`;
};
