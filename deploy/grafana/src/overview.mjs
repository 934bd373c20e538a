import { budgetLeft, failedShare, lateShare } from './budgets.mjs';
import { dashboard, lines, number, row, table } from './panels.mjs';
import { waitPanels } from './waits.mjs';

const declared = (state) => `sum(dialtone:dids:max{declared="true"${state}}) or vector(0)`;

const share = [
  [null, 'red'],
  [0.95, 'orange'],
  [0.99, 'green'],
];
/** Green until the first number of seconds, red from the second on. */
const ages = (orange, red) => [
  [null, 'green'],
  [orange, 'orange'],
  [red, 'red'],
];

const SLO_ALERTS = ['DialtoneReadinessSloFastBurn', 'DialtoneReadinessSloSlowBurn'];

const tiles = [
  number('Declared and READY', {
    queries: [['min(dialtone:declared_dids_ready:ratio)']],
    unit: 'percentunit',
    steps: share,
    description: 'The share of declared numbers that work now. The objective is 99 % over 30 days.',
    alerts: SLO_ALERTS,
    numbers: true,
    noValue: 'nothing declared',
  }),
  budgetLeft('Readiness budget left (30 d)', {
    bad: '1 - avg_over_time(dialtone:declared_dids_ready:ratio[30d])',
    series: 'dialtone:declared_dids_ready:ratio',
    allowed: 0.01,
    description:
      'Of the 1 % of number-time that may not be READY in 30 days. Time before the first measurement counts as well spent.',
    alerts: SLO_ALERTS,
  }),
  budgetLeft('API budget left (30 d)', {
    bad: failedShare('dialtone-gateway'),
    series: 'dialtone_api:http_errors:ratio_rate6h',
    allowed: 0.001,
    description: 'Of the 0.1 % of requests that may be answered with a 5xx of our own in 30 days.',
    alerts: ['DialtoneApiErrorsFastBurn', 'DialtoneApiErrorsSlowBurn'],
  }),
  budgetLeft('Time to READY budget left (30 d)', {
    bad: lateShare('dialtone_time_to_ready_seconds'),
    series: 'dialtone:ready_late:increase6h',
    allowed: 0.01,
    description: 'Of the 1 % of numbers that may wait for longer than five minutes for Dialtone in 30 days.',
    alerts: ['DialtoneReadyLate'],
    numbers: true,
  }),
  budgetLeft('Time to detect budget left (30 d)', {
    bad: lateShare('dialtone_time_to_detect_seconds', 'declared="true"'),
    series: 'dialtone:drifts_found_late:increase6h',
    allowed: 0.01,
    description: 'Of the 1 % of drifts that may be found later than five minutes after the look before in 30 days.',
    alerts: ['DialtoneDriftsFoundLate'],
    numbers: true,
  }),
  number('Alerts that fire', {
    queries: [['count(ALERTS{alertname=~"Dialtone.+", alertstate="firing"}) or vector(0)']],
    description: 'All of Dialtone. Their pages are the runbooks.',
    alerts: ['README'],
  }),
  number('Declared, not READY', {
    queries: [[declared(', state!="READY"')]],
    description: 'Declared numbers that do not work now, whether Dialtone or a person can mend them.',
    alerts: ['DialtoneReadinessSloSlowBurn'],
    numbers: true,
  }),
  number('Declared, UNKNOWN', {
    queries: [[declared(', state="UNKNOWN"')]],
    description: 'Never judged: no complete listing of VoiceLink yet.',
    alerts: ['DialtoneStateUnknown'],
    numbers: true,
  }),
  number('Declared, stale', {
    queries: [['sum(max by (connection_id) (dialtone_dids_stale{declared="true"})) or vector(0)']],
    description: 'The last sweep could not confirm the verdict.',
    alerts: ['DialtoneVerdictsStale'],
    numbers: true,
  }),
  number('Longest without READY', {
    queries: [['max(dialtone_unready_oldest_seconds)']],
    unit: 's',
    steps: ages(3_600, 86_400),
    description: 'Of all declared numbers, from the declaration at most.',
    alerts: ['DialtoneNumberLongUnready'],
    numbers: true,
  }),
  number('Writes held', {
    queries: [['sum(max by (connection_id) (dialtone_connection_writes_held)) or vector(0)']],
    description: 'Connections whose writes a guard holds until an operator or the partner acknowledges.',
    alerts: ['DialtoneWritesHeld'],
  }),
  number('Oldest pause', {
    queries: [['max(dialtone_oldest_pause_seconds)']],
    unit: 's',
    steps: [
      [null, 'green'],
      [604_800, 'orange'],
    ],
    description: 'What it covers is observed and not repaired until it ends by itself.',
    alerts: ['DialtonePauseForgotten'],
  }),
  number('Credentials refused', {
    queries: [['sum(max by (connection_id) (dialtone_connection_credentials_refused)) or vector(0)']],
    description: 'Connections that VoiceLink does not let in: nothing of them is seen or repaired.',
    alerts: ['DialtoneCredentialsRefused'],
  }),
  number('Oldest complete sweep', {
    queries: [['max(connection:sweep_age:seconds)']],
    unit: 's',
    steps: ages(300, 900),
    description: 'Of the connection that has not been looked at completely for longest.',
    alerts: ['DialtoneSweepStale'],
  }),
  number('Oldest due declaration', {
    queries: [['max(dialtone_binding_oldest_due_seconds)']],
    unit: 's',
    steps: ages(60, 300),
    description: 'How long the declaration has waited for a worker that waits longest.',
    alerts: ['DialtoneBindingsOverdue'],
  }),
  number('Oldest unexplained write', {
    queries: [['max(dialtone_write_oldest_unresolved_seconds)']],
    unit: 's',
    steps: ages(300, 900),
    description: 'Under way or of unknown outcome; its number is not repaired meanwhile.',
    alerts: ['DialtoneWriteUnknownStuck'],
  }),
  number('Events behind', {
    queries: [['max(dialtone_events_oldest_unsent_seconds)']],
    unit: 's',
    steps: ages(60, 300),
    description: 'Age of the oldest event that a reader of the log has not passed.',
    alerts: ['DialtoneEventsNotDelivered'],
  }),
];

const readiness = [
  row('Readiness'),
  lines('Share of declared numbers that are READY', {
    queries: [['min(dialtone:declared_dids_ready:ratio)', 'READY']],
    unit: 'percentunit',
    width: 12,
    limit: 0.99,
    defaults: { max: 1 },
    description: 'The dashed line is the objective. Of several namespaces the worst.',
    alerts: SLO_ALERTS,
    numbers: true,
  }),
  lines('Declared numbers by state', {
    queries: [['sum by (state) (dialtone:dids:max{declared="true"})', '{{state}}']],
    width: 12,
    stacked: true,
    description: 'What is wrong with those that are not READY; each state has a page among the issues.',
    alerts: ['DialtoneReadinessSloSlowBurn'],
    numbers: true,
  }),
  lines('Open drifts by issue', {
    queries: [['sum by (issue) (max by (connection_id, issue) (dialtone_drift_issues_open))', '{{issue}}']],
    width: 12,
    description: 'Of all listed numbers, declared or not; a drift counts once for each of its issues.',
    numbers: true,
  }),
  lines('How fast the readiness budget burns', {
    queries: [
      ['max(dialtone:declared_dids_not_ready:ratio_avg1h) / 0.01', 'last hour'],
      ['max(dialtone:declared_dids_not_ready:ratio_avg6h) / 0.01', 'last six hours'],
    ],
    width: 12,
    limit: 14.4,
    description: '1 spends the budget in exactly 30 days; 14.4 over an hour pages, 6 over six hours warns.',
    alerts: SLO_ALERTS,
  }),
];

const connections = [
  row('Connections'),
  table('Connections with most numbers that are not READY', {
    queries: [['topk(15, sum by (connection_id) (dialtone:dids:max{declared="true", state!="READY"}))']],
    width: 12,
    columns: { connection_id: 'connection', Value: 'not READY' },
    description: 'Declared numbers alone.',
    alerts: ['DialtoneReadinessSloFastBurn'],
    numbers: true,
    noValue: 'all declared numbers are READY',
  }),
  table('Connections that were not swept completely for longest', {
    queries: [['topk(15, connection:sweep_age:seconds)']],
    width: 12,
    unit: 's',
    columns: { connection_id: 'connection', namespace: 'namespace', Value: 'age' },
    description: 'What is said about their numbers is that old.',
    alerts: ['DialtoneSweepStale'],
  }),
];

const work = [
  row('Work'),
  lines('Reconciles by result', {
    queries: [
      [
        'sum by (result) (rate(controller_runtime_reconcile_total{job="dialtone-reconciler"}[$__rate_interval]))',
        '{{result}}',
      ],
    ],
    unit: 'ops',
    description: 'requeue_after is a known wait; error is tried again, later each time.',
    alerts: ['DialtoneReconcilesFailing'],
  }),
  lines('Declarations that are due', {
    queries: [
      ['max(workqueue_depth{job="dialtone-reconciler"})', 'waiting'],
      ['sum(controller_runtime_active_workers{job="dialtone-reconciler"})', 'worked on'],
    ],
    description: 'A queue that only grows wants more reconcilers.',
    alerts: ['DialtoneBindingsOverdue'],
  }),
  lines('Writes to VoiceLink', {
    queries: [
      ['sum by (step, outcome) (rate(dialtone_upstream_writes_total[$__rate_interval]))', '{{step}} {{outcome}}'],
    ],
    unit: 'ops',
    description: 'By step and by what became of it; done means that a list has shown it.',
    alerts: ['DialtoneWriteUnknownStuck'],
  }),
];

export const overview = dashboard({
  uid: 'dialtone-overview',
  title: 'Dialtone: overview',
  description: 'Do the promised numbers work, and does anything wait for a person?',
  panels: [...tiles, ...readiness, ...waitPanels(), ...connections, ...work],
});
