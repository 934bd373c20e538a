import { dashboard, lines, number, row, variable } from './panels.mjs';

const of = (metric, labels = '') => `${metric}{connection_id="$connection"${labels}}`;
const now = (metric) => [[`max(${of(metric)})`]];
const age = [
  [null, 'green'],
  [300, 'orange'],
  [900, 'red'],
];

const tiles = [
  number('Declared and READY', {
    queries: [[of('connection:declared_dids_ready:ratio')]],
    unit: 'percentunit',
    steps: [
      [null, 'red'],
      [0.95, 'orange'],
      [0.99, 'green'],
    ],
    description: 'The share of its declared numbers that work now.',
    alerts: ['DialtoneReadinessSloFastBurn'],
    numbers: true,
    noValue: 'nothing declared',
  }),
  number('Last complete sweep', {
    queries: [[of('connection:sweep_age:seconds')]],
    unit: 's',
    steps: age,
    description: 'How old what is said about its numbers is.',
    alerts: ['DialtoneSweepStale'],
  }),
  number('Writes held', {
    queries: now('dialtone_connection_writes_held'),
    description: '1 while a guard holds them until they are acknowledged.',
    alerts: ['DialtoneWritesHeld'],
  }),
  number('Suspect lists', {
    queries: now('dialtone_connection_suspect_lists'),
    description: 'Lists that lack much of what they had: nothing is derived from what is missing.',
    alerts: ['DialtoneListSuspect'],
  }),
  number('Contested numbers', {
    queries: now('dialtone_numbers_contested'),
    description: 'Not repaired for a while: something undoes the repair, or VoiceLink never lists it.',
    alerts: ['DialtoneNumbersContested'],
    numbers: true,
  }),
  number('Credentials refused', {
    queries: now('dialtone_connection_credentials_refused'),
    description: '1 while VoiceLink does not let the connection in.',
    alerts: ['DialtoneCredentialsRefused'],
  }),
  number('Longest without READY', {
    queries: now('dialtone_unready_oldest_seconds'),
    unit: 's',
    steps: [
      [null, 'green'],
      [3_600, 'orange'],
      [86_400, 'red'],
    ],
    description: 'Of its declared numbers, from the declaration at most.',
    alerts: ['DialtoneNumberLongUnready'],
    numbers: true,
  }),
  number('Oldest due declaration', {
    queries: now('dialtone_binding_oldest_due_seconds'),
    unit: 's',
    steps: age,
    description: 'How long it has waited for a worker.',
    alerts: ['DialtoneBindingsOverdue'],
  }),
  number('Oldest unexplained write', {
    queries: now('dialtone_write_oldest_unresolved_seconds'),
    unit: 's',
    steps: age,
    description: 'Under way or of unknown outcome; its number is not repaired meanwhile.',
    alerts: ['DialtoneWriteUnknownStuck'],
  }),
];

const numbers = [
  row('Numbers'),
  lines('Declared numbers by state', {
    queries: [[`sum by (state) (${of('dialtone:dids:max', ', declared="true"')})`, '{{state}}']],
    width: 12,
    stacked: true,
    description: 'What is wrong with those that are not READY.',
    alerts: ['DialtoneReadinessSloSlowBurn'],
    numbers: true,
  }),
  lines('Other listed numbers by state', {
    queries: [[`sum by (state) (${of('dialtone:dids:max', ', declared="false"')})`, '{{state}}']],
    width: 12,
    stacked: true,
    description: 'VoiceLink lists them, and no binding declares them.',
    numbers: true,
    noValue: 'every listed number is declared',
  }),
  lines('Open drifts by issue', {
    queries: [
      [`max by (issue) (${of('dialtone_drift_issues_open')})`, '{{issue}}'],
      [`max(${of('dialtone_drifts_open')})`, 'drifts'],
    ],
    width: 12,
    description: 'A drift counts once for each of its issues; the line of the drifts counts it once.',
    numbers: true,
  }),
  lines('Verdicts that are stale', {
    queries: [[`max by (declared) (${of('dialtone_dids_stale')})`, 'declared: {{declared}}']],
    width: 12,
    description: 'The last look could not confirm them, or none has for two sweep intervals.',
    alerts: ['DialtoneVerdictsStale'],
    numbers: true,
  }),
  lines('Advisories beside declarations', {
    queries: [
      [`max by (code) (${of('dialtone_advisories_active')})`, '{{code}}'],
      [`max(${of('dialtone_connection_account_shared')})`, 'ACCOUNT_SHARED'],
    ],
    width: 24,
    description: 'What differs from a declaration although it is no issue. See docs/advisories.',
    alerts: ['DialtoneNumbersFlapping'],
    numbers: true,
  }),
];

const repairs = [
  row('Freshness and repairs'),
  lines('Age of the last complete sweep', {
    queries: [[of('connection:sweep_age:seconds'), 'age']],
    unit: 's',
    limit: 900,
    description: 'From the dashed line on it pages.',
    alerts: ['DialtoneSweepStale'],
  }),
  lines('Writes under way or unexplained', {
    queries: [[`max(${of('dialtone_writes_unresolved')})`, 'writes']],
    description: 'Lists explain those of unknown outcome.',
    alerts: ['DialtoneWriteUnknownStuck'],
  }),
  lines('Age of the oldest unexplained write', {
    queries: [[`max(${of('dialtone_write_oldest_unresolved_seconds')})`, 'age']],
    unit: 's',
    limit: 900,
    description: 'From the dashed line on it warns.',
    alerts: ['DialtoneWriteUnknownStuck'],
  }),
];

export const connection = dashboard({
  uid: 'dialtone-connection',
  title: 'Dialtone: connection',
  description: 'One carrier account: its numbers, how fresh our knowledge is, and what is stuck.',
  variables: [
    variable('connection', {
      label: 'Connection',
      query: 'label_values(dialtone_connection_writes_held{namespace=~"$namespace"}, connection_id)',
    }),
  ],
  panels: [...tiles, ...numbers, ...repairs],
});
