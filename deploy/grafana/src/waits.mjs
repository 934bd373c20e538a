import { lines, row } from './panels.mjs';

const rate = (histogram, matchers = '') => `rate(${histogram}_bucket${matchers}[$__rate_interval])`;

/** Without an observation there is no half of them: no line, rather than NaN. */
const quantile = (part, histogram, matchers) =>
  `histogram_quantile(${part}, sum by (le) (${rate(histogram, matchers)})) >= 0`;

/** How long numbers wait, as all processes have observed it. */
export const waitPanels = () => [
  row('How long numbers wait'),
  lines('Time to READY', {
    queries: [
      [quantile(0.5, 'dialtone_time_to_ready_seconds'), 'half'],
      [quantile(0.99, 'dialtone_time_to_ready_seconds'), '99 of 100'],
    ],
    unit: 's',
    limit: 300,
    description:
      'From when Dialtone could make a declared number READY to READY. Pauses, windows, holds and what only a person can do are not in it.',
    alerts: ['DialtoneReadyLate'],
    numbers: true,
    noValue: 'no number became READY',
  }),
  lines('Numbers that became READY, by what asked for it', {
    queries: [['sum by (start) (rate(dialtone_time_to_ready_seconds_count[$__rate_interval]))', '{{start}}']],
    unit: 'ops',
    description: 'A declaration, a drift, or the end of what kept Dialtone from writing (allowed).',
    alerts: ['DialtoneReadyLate'],
    numbers: true,
  }),
  lines('Time to detect a drift', {
    queries: [
      [quantile(0.5, 'dialtone_time_to_detect_seconds', '{declared="true"}'), 'half'],
      [quantile(0.99, 'dialtone_time_to_detect_seconds', '{declared="true"}'), '99 of 100'],
    ],
    unit: 's',
    limit: 300,
    description: 'Of declared numbers, from the last look that did not show it: the longest that it may have stood.',
    alerts: ['DialtoneDriftsFoundLate'],
    numbers: true,
    noValue: 'no drift was found',
  }),
];
