import { dashboard, lines, number, row, variable } from './panels.mjs';

const of = (metric, labels = '') => `${metric}{connection_id="$connection"${labels}}`;
const now = (metric) => [[`max(${of(metric)})`]];
const age = [
  [null, 'green'],
  [300, 'orange'],
  [900, 'red'],
];

export const connection = dashboard({
  uid: 'dialtone-connection',
  title: 'Dialtone: connection',
  description: 'One carrier account: its numbers, how fresh our knowledge is, and what is stuck.',
  variables: [
    variable('connection', {
      label: 'Connection',
      query: 'label_values(dialtone_connection_writes_held, connection_id)',
    }),
  ],
  panels: [
    number('Declared and READY', {
      queries: [[of('connection:declared_dids_ready:ratio')]],
      unit: 'percentunit',
      steps: [
        [null, 'red'],
        [0.95, 'orange'],
        [0.99, 'green'],
      ],
    }),
    number('Last complete sweep', { queries: [[of('connection:sweep_age:seconds')]], unit: 's', steps: age }),
    number('Writes held', { queries: now('dialtone_connection_writes_held') }),
    number('Suspect lists', { queries: now('dialtone_connection_suspect_lists') }),
    number('Contested numbers', { queries: now('dialtone_numbers_contested') }),
    number('Credentials refused', { queries: now('dialtone_connection_credentials_refused') }),
    number('Oldest due declaration', {
      queries: now('dialtone_binding_oldest_due_seconds'),
      unit: 's',
      steps: age,
    }),
    number('Oldest unexplained write', {
      queries: now('dialtone_write_oldest_unresolved_seconds'),
      unit: 's',
      steps: age,
    }),
    row('Numbers'),
    lines('Declared numbers by state', {
      queries: [[`sum by (state) (${of('dialtone:dids:max', ', declared="true"')})`, '{{state}}']],
      width: 12,
      stacked: true,
    }),
    lines('Other listed numbers by state', {
      queries: [[`sum by (state) (${of('dialtone:dids:max', ', declared="false"')}) or vector(0)`, '{{state}}']],
      width: 12,
      stacked: true,
      description: 'VoiceLink lists them, and no binding declares them.',
    }),
    lines('Open drifts by issue', {
      queries: [
        [`max by (issue) (${of('dialtone_drift_issues_open')})`, '{{issue}}'],
        [`max(${of('dialtone_drifts_open')})`, 'drifts'],
      ],
      width: 12,
    }),
    lines('Verdicts that are stale', {
      queries: [[`max by (declared) (${of('dialtone_dids_stale')})`, 'declared: {{declared}}']],
      width: 12,
    }),
    lines('Advisories beside declarations', {
      queries: [
        [`max by (code) (${of('dialtone_advisories_active')})`, '{{code}}'],
        [`max(${of('dialtone_connection_account_shared')})`, 'ACCOUNT_SHARED'],
      ],
      width: 24,
      description: 'What differs from a declaration although it is no issue. See docs/advisories.',
    }),
    row('Freshness and repairs'),
    lines('Age of the last complete sweep', {
      queries: [[of('connection:sweep_age:seconds'), 'age']],
      unit: 's',
      limit: 900,
    }),
    lines('Writes under way or unexplained', {
      queries: [[`max(${of('dialtone_writes_unresolved')})`, 'writes']],
    }),
    lines('Age of the oldest unexplained write', {
      queries: [[`max(${of('dialtone_write_oldest_unresolved_seconds')})`, 'age']],
      unit: 's',
      limit: 900,
    }),
  ],
});
