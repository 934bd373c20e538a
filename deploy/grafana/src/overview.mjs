import { dashboard, lines, number, row, table } from './panels.mjs';

const declared = (state) => `sum(dialtone:dids:max{declared="true"${state}}) or vector(0)`;

const share = [
  [null, 'red'],
  [0.95, 'orange'],
  [0.99, 'green'],
];

export const overview = dashboard({
  uid: 'dialtone-overview',
  title: 'Dialtone: overview',
  description: 'Do the promised numbers work, and does anything wait for a person?',
  panels: [
    number('Declared and READY', {
      queries: [['dialtone:declared_dids_ready:ratio']],
      unit: 'percentunit',
      steps: share,
      description: 'The objective is 99 % over 30 days.',
    }),
    number('Error budget left (30 d)', {
      queries: [['1 - (1 - avg_over_time(dialtone:declared_dids_ready:ratio[30d])) / 0.01']],
      unit: 'percentunit',
      steps: [
        [null, 'red'],
        [0.1, 'orange'],
        [0.5, 'green'],
      ],
    }),
    number('Declared, not READY', { queries: [[declared(', state!="READY"')]] }),
    number('Declared, UNKNOWN', {
      queries: [[declared(', state="UNKNOWN"')]],
      description: 'Never judged: no complete listing of VoiceLink yet.',
    }),
    number('Declared, stale', {
      queries: [['sum(max by (connection_id) (dialtone_dids_stale{declared="true"})) or vector(0)']],
      description: 'The last sweep could not confirm the verdict.',
    }),
    number('Alerts that fire', {
      queries: [['count(ALERTS{alertname=~"Dialtone.+", alertstate="firing"}) or vector(0)']],
    }),
    number('Writes held', {
      queries: [['sum(max by (connection_id) (dialtone_connection_writes_held)) or vector(0)']],
      description: 'Connections whose writes a guard holds until an operator or the partner acknowledges.',
    }),
    number('Oldest pause', {
      queries: [['max(dialtone_oldest_pause_seconds)']],
      unit: 's',
      steps: [
        [null, 'green'],
        [604_800, 'orange'],
      ],
      description: 'What it covers is observed and not repaired until it ends by itself.',
    }),
    number('Credentials refused', {
      queries: [['sum(max by (connection_id) (dialtone_connection_credentials_refused)) or vector(0)']],
    }),
    number('Oldest complete sweep', {
      queries: [['max(connection:sweep_age:seconds)']],
      unit: 's',
      steps: [
        [null, 'green'],
        [300, 'orange'],
        [900, 'red'],
      ],
    }),
    number('Oldest due declaration', {
      queries: [['max(dialtone_binding_oldest_due_seconds)']],
      unit: 's',
      steps: [
        [null, 'green'],
        [60, 'orange'],
        [300, 'red'],
      ],
    }),
    number('Longest without READY', {
      queries: [['max(dialtone_unready_oldest_seconds)']],
      unit: 's',
      steps: [
        [null, 'green'],
        [3_600, 'orange'],
        [86_400, 'red'],
      ],
    }),
    number('Oldest unexplained write', {
      queries: [['max(dialtone_write_oldest_unresolved_seconds)']],
      unit: 's',
      steps: [
        [null, 'green'],
        [300, 'orange'],
        [900, 'red'],
      ],
    }),
    number('Events behind', {
      queries: [['max(dialtone_events_oldest_unsent_seconds)']],
      unit: 's',
      steps: [
        [null, 'green'],
        [60, 'orange'],
        [300, 'red'],
      ],
    }),
    row('Readiness'),
    lines('Share of declared numbers that are READY', {
      queries: [['dialtone:declared_dids_ready:ratio', 'READY']],
      unit: 'percentunit',
      width: 12,
      limit: 0.99,
      defaults: { max: 1 },
    }),
    lines('Declared numbers by state', {
      queries: [['sum by (state) (dialtone:dids:max{declared="true"})', '{{state}}']],
      width: 12,
      stacked: true,
    }),
    lines('Open drifts by issue', {
      queries: [['sum by (issue) (max by (connection_id, issue) (dialtone_drift_issues_open))', '{{issue}}']],
      width: 12,
      stacked: true,
      description: 'Of all listed numbers, declared or not; a drift counts once for each of its issues.',
    }),
    lines('How fast the readiness budget burns', {
      queries: [
        ['dialtone:declared_dids_not_ready:ratio_avg1h / 0.01', 'last hour'],
        ['dialtone:declared_dids_not_ready:ratio_avg6h / 0.01', 'last six hours'],
      ],
      width: 12,
      limit: 14.4,
      description: '1 spends the budget in exactly 30 days; 14.4 over an hour pages, 6 over six hours warns.',
    }),
    row('Connections'),
    table('Connections with most numbers that are not READY', {
      queries: [['topk(15, sum by (connection_id) (dialtone:dids:max{declared="true", state!="READY"}))']],
      width: 12,
      columns: { connection_id: 'connection', Value: 'not READY' },
    }),
    table('Connections that were not swept completely for longest', {
      queries: [['topk(15, connection:sweep_age:seconds)']],
      width: 12,
      unit: 's',
      columns: { connection_id: 'connection', Value: 'age' },
    }),
    row('Work'),
    lines('Reconciles by result', {
      queries: [
        [
          'sum by (result) (rate(controller_runtime_reconcile_total{job="dialtone-reconciler"}[$__rate_interval]))',
          '{{result}}',
        ],
      ],
      unit: 'ops',
    }),
    lines('Declarations that are due', {
      queries: [
        ['max(workqueue_depth{job="dialtone-reconciler"})', 'waiting'],
        ['sum(controller_runtime_active_workers{job="dialtone-reconciler"})', 'worked on'],
      ],
    }),
    lines('Writes to VoiceLink', {
      queries: [
        ['sum by (step, outcome) (rate(dialtone_upstream_writes_total[$__rate_interval]))', '{{step}} {{outcome}}'],
      ],
      unit: 'ops',
    }),
  ],
});
