import { budgetLeft, failedShare } from './budgets.mjs';
import { dashboard, lines, number, row } from './panels.mjs';
import { callPanels } from './calls.mjs';
import { gatePanels, processPanels, voicelinkPanels } from './processes.mjs';

const JOB = 'dialtone-gateway';
const requests = (by, labels = '') =>
  `sum by (${by}) (rate(http_requests_total{job="${JOB}"${labels}}[$__rate_interval]))`;
const slowest = (quantile, by = '') =>
  `histogram_quantile(${quantile}, sum by (le${by}) (rate(http_request_duration_seconds_bucket{job="${JOB}"}[$__rate_interval]))) >= 0`;

export const gateway = dashboard({
  uid: 'dialtone-gateway',
  title: 'Dialtone: gateway',
  description: 'Rate, errors and duration of the API by route, and what its processes use.',
  panels: [
    number('Requests', {
      queries: [[`sum(rate(http_requests_total{job="${JOB}"}[5m]))`]],
      unit: 'reqps',
      steps: [[null, 'blue']],
      description: 'Of all routes, over five minutes.',
    }),
    number('Answered with 5xx', {
      queries: [['max(dialtone_api:http_errors:ratio_rate5m)']],
      unit: 'percentunit',
      steps: [
        [null, 'green'],
        [0.001, 'orange'],
        [0.0144, 'red'],
      ],
      description: 'Without those that VoiceLink or a carrier caused. The objective is less than 0.1 % over 30 days.',
      alerts: ['DialtoneApiErrorsFastBurn'],
      noValue: 'no requests',
    }),
    budgetLeft('Error budget left (30 d)', {
      bad: failedShare(JOB),
      series: 'dialtone_api:http_errors:ratio_rate6h',
      allowed: 0.001,
      description:
        'Of the 0.1 % of requests that may be answered with a 5xx of our own. Time before the first request counts as well spent.',
      alerts: ['DialtoneApiErrorsFastBurn', 'DialtoneApiErrorsSlowBurn'],
    }),
    number('99 of 100 within', {
      queries: [[slowest(0.99)]],
      unit: 's',
      steps: [[null, 'blue']],
      description: 'Of all routes, over the time that one point of the graph stands for.',
      alerts: ['DialtoneApiSlow'],
      noValue: 'no requests',
    }),
    number('Not answered yet', {
      queries: [[`sum(http_requests_in_progress{job="${JOB}"})`]],
      steps: [[null, 'blue']],
      description: 'Requests under way, event streams included.',
    }),
    number('Refused for their rate', {
      queries: [[`sum(rate(http_requests_total{job="${JOB}", status="429"}[5m])) or vector(0)`]],
      unit: 'reqps',
      steps: [[null, 'blue']],
      description: 'Answered with 429, over five minutes.',
    }),
    row('Requests'),
    lines('Rate by route', {
      queries: [[requests('method, route'), '{{method}} {{route}}']],
      unit: 'reqps',
      width: 12,
      description: 'By route template; no number and no id is in it.',
    }),
    lines('Answers by status', {
      queries: [[requests('status'), '{{status}}']],
      unit: 'reqps',
      width: 12,
      stacked: true,
      description: '499: the sender left before an answer.',
      alerts: ['DialtoneApiErrorsFastBurn'],
    }),
    lines('5xx by route', {
      queries: [[requests('method, route, status', ', status=~"5.."'), '{{method}} {{route}} {{status}}']],
      unit: 'reqps',
      width: 12,
      description: 'Those that VoiceLink caused, too.',
      alerts: ['DialtoneApiErrorsFastBurn', 'DialtoneUpstreamFailing'],
    }),
    lines('How fast the error budget burns', {
      queries: [
        ['max(dialtone_api:http_errors:ratio_rate1h) / 0.001', 'last hour'],
        ['max(dialtone_api:http_errors:ratio_rate6h) / 0.001', 'last six hours'],
      ],
      width: 12,
      limit: 14.4,
      description: '1 spends the budget in exactly 30 days; 14.4 over an hour pages, 6 over six hours warns.',
      alerts: ['DialtoneApiErrorsFastBurn', 'DialtoneApiErrorsSlowBurn'],
    }),
    lines('Time to answer', {
      queries: [
        [slowest(0.5), 'half'],
        [slowest(0.95), '95 of 100'],
        [slowest(0.99), '99 of 100'],
      ],
      unit: 's',
      width: 12,
      description: 'Of all routes; those that ask VoiceLink take as long as VoiceLink does.',
      alerts: ['DialtoneApiSlow'],
    }),
    lines('Time to answer by route, 95 of 100', {
      queries: [[slowest(0.95, ', method, route'), '{{method}} {{route}}']],
      unit: 's',
      width: 12,
      description: 'Reads of bindings, readiness and drift need only the database.',
      alerts: ['DialtoneApiSlow'],
    }),
    ...callPanels(),
    ...voicelinkPanels(JOB),
    ...gatePanels(JOB),
    ...processPanels(JOB),
  ],
});
