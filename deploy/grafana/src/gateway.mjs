import { dashboard, lines, number, row } from './panels.mjs';
import { callPanels } from './calls.mjs';
import { gatePanels, processPanels, voicelinkPanels } from './processes.mjs';

const JOB = 'dialtone-gateway';
const requests = (by, labels = '') =>
  `sum by (${by}) (rate(http_requests_total{job="${JOB}"${labels}}[$__rate_interval]))`;
const slowest = (quantile, by = '') =>
  `histogram_quantile(${quantile}, sum by (le${by}) (rate(http_request_duration_seconds_bucket{job="${JOB}"}[$__rate_interval])))`;

export const gateway = dashboard({
  uid: 'dialtone-gateway',
  title: 'Dialtone: gateway',
  description: 'Rate, errors and duration of the API by route, and what its processes use.',
  panels: [
    number('Requests', {
      queries: [[`sum(rate(http_requests_total{job="${JOB}"}[5m]))`]],
      unit: 'reqps',
      steps: [[null, 'blue']],
    }),
    number('Answered with 5xx', {
      queries: [['dialtone_api:http_errors:ratio_rate5m']],
      unit: 'percentunit',
      steps: [
        [null, 'green'],
        [0.001, 'orange'],
        [0.0144, 'red'],
      ],
      description: 'The objective is less than 0.1 % over 30 days.',
    }),
    number('Error budget left (30 d)', {
      queries: [
        [
          `1 - ((sum(increase(http_requests_total{job="${JOB}", status=~"5..", cause!="upstream"}[30d])) or vector(0)) / (sum(increase(http_requests_total{job="${JOB}"}[30d])) > 0)) / 0.001`,
        ],
      ],
      unit: 'percentunit',
      steps: [
        [null, 'red'],
        [0.1, 'orange'],
        [0.5, 'green'],
      ],
    }),
    number('99 of 100 within', { queries: [[slowest(0.99)]], unit: 's', steps: [[null, 'blue']] }),
    number('Not answered yet', {
      queries: [[`sum(http_requests_in_progress{job="${JOB}"})`]],
      steps: [[null, 'blue']],
    }),
    number('Refused for their rate', {
      queries: [[`sum(rate(http_requests_total{job="${JOB}", status="429"}[5m])) or vector(0)`]],
      unit: 'reqps',
      steps: [[null, 'blue']],
    }),
    row('Requests'),
    lines('Rate by route', {
      queries: [[requests('method, route'), '{{method}} {{route}}']],
      unit: 'reqps',
      width: 12,
    }),
    lines('Answers by status', {
      queries: [[requests('status'), '{{status}}']],
      unit: 'reqps',
      width: 12,
      stacked: true,
    }),
    lines('5xx by route', {
      queries: [
        [`${requests('method, route, status', ', status=~"5.."')} or vector(0)`, '{{method}} {{route}} {{status}}'],
      ],
      unit: 'reqps',
      width: 12,
    }),
    lines('How fast the error budget burns', {
      queries: [
        ['dialtone_api:http_errors:ratio_rate1h / 0.001', 'last hour'],
        ['dialtone_api:http_errors:ratio_rate6h / 0.001', 'last six hours'],
      ],
      width: 12,
      limit: 14.4,
    }),
    lines('Time to answer', {
      queries: [
        [slowest(0.5), 'half'],
        [slowest(0.95), '95 of 100'],
        [slowest(0.99), '99 of 100'],
      ],
      unit: 's',
      width: 12,
    }),
    lines('Time to answer by route, 95 of 100', {
      queries: [[slowest(0.95, ', method, route'), '{{method}} {{route}}']],
      unit: 's',
      width: 12,
    }),
    ...callPanels(),
    ...voicelinkPanels(JOB),
    ...gatePanels(JOB),
    ...processPanels(JOB),
  ],
});
