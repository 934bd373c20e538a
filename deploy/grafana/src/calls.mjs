import { lines, row } from './panels.mjs';

const rate = (metric, labels = '') => `rate(${metric}${labels}[$__rate_interval])`;

/** Calls as all processes count them: gateways hear callbacks, reconcilers look at calls that are silent. */
export const callPanels = () => [
  row('Calls'),
  lines('Calls asked for, by carrier', {
    queries: [[`sum by (provider, outcome) (${rate('dialtone_calls_started_total')})`, '{{provider}} {{outcome}}']],
    unit: 'ops',
    description: 'unknown: it may ring, and is not repeated.',
  }),
  lines('Calls that ended, by carrier', {
    queries: [[`sum by (provider, outcome) (${rate('dialtone_calls_ended_total')})`, '{{provider}} {{outcome}}']],
    unit: 'ops',
    description: 'By status; lost ones say that it cannot be known what became of them.',
  }),
  lines('Length of completed calls', {
    queries: [
      [
        // Without a call that ended there is no half of them: no line, rather than NaN.
        `histogram_quantile(0.5, sum by (le, provider) (${rate('dialtone_call_duration_seconds_bucket')})) >= 0`,
        '{{provider}} half',
      ],
    ],
    unit: 's',
    description: 'Half of them are shorter, as far as their length was known at their end.',
  }),
  lines('Callbacks that are refused', {
    queries: [
      [
        `sum by (provider, reason) (${rate('dialtone_callbacks_total', '{outcome="refused"}')})`,
        '{{provider}} {{reason}}',
      ],
    ],
    unit: 'ops',
    description: 'signature: mostly PUBLIC_BASE_URL is not what the carrier calls, or its token was rotated.',
    alerts: ['DialtoneCallbacksRefused'],
  }),
];
