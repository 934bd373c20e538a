import { dashboard, lines, row } from './panels.mjs';
import { gatePanels, processPanels, voicelinkPanels } from './processes.mjs';

const JOB = 'dialtone-reconciler';
const rate = (metric, labels = '') => `rate(${metric}{job="${JOB}"${labels}}[$__rate_interval])`;
const quantiles = (metric) =>
  [
    [0.5, 'half'],
    [0.95, '95 of 100'],
    [0.99, '99 of 100'],
  ].map(([quantile, legend]) => [`histogram_quantile(${quantile}, sum by (le) (${rate(`${metric}_bucket`)}))`, legend]);

export const reconciler = dashboard({
  uid: 'dialtone-reconciler',
  title: 'Dialtone: reconciler',
  description: 'The two loops: sweeps of connections, and reconciles of declarations.',
  panels: [
    row('Sweeps'),
    lines('Sweeps by result', {
      queries: [[`sum by (result) (${rate('dialtone_sweeps_total')})`, '{{result}}']],
      unit: 'ops',
      description: 'incomplete: a list failed or was cut off, so that some verdicts could not be confirmed.',
      alerts: ['DialtoneSweepStale'],
    }),
    lines('Length of a sweep', {
      queries: quantiles('dialtone_sweep_duration_seconds'),
      unit: 's',
      description: 'As long as VoiceLink takes to list the whole account.',
      alerts: ['DialtoneSweepStale'],
    }),
    lines('Page requests per sweep', {
      queries: [
        [
          `sum by (endpoint) (${rate('dialtone_upstream_requests_total', ', endpoint=~"GET .+"')}) / scalar(sum(${rate('dialtone_sweeps_total')}))`,
          '{{endpoint}}',
        ],
      ],
      description: 'All page requests, also those of reconciles that verify their writes, for each sweep.',
      alerts: ['DialtoneUpstreamThrottled'],
    }),
    lines('DIDs judged, and changed', {
      queries: [
        [`sum(${rate('dialtone_sweep_dids_total')})`, 'judged'],
        [`sum(${rate('dialtone_sweep_changed_dids_total')})`, 'changed'],
      ],
      unit: 'ops',
      description: 'A sweep judges what changed since the one before.',
    }),
    lines('Age of the last complete sweep', {
      queries: [['connection:sweep_age:seconds', '{{connection_id}}']],
      unit: 's',
      limit: 900,
      description: 'By connection; from the dashed line on it pages.',
      alerts: ['DialtoneSweepStale'],
    }),
    lines('Leases held', {
      queries: [['max by (kind) (dialtone_leases_held)', '{{kind}}']],
      description: 'By kind; a lease of a process that died runs out by itself.',
      alerts: ['DialtoneNoLeader'],
    }),
    row('Reconciles'),
    lines('Reconciles by result', {
      queries: [
        [`sum by (result) (${rate('controller_runtime_reconcile_total')})`, '{{result}}'],
        [`sum(${rate('controller_runtime_terminal_reconcile_errors_total')})`, 'needs a person'],
      ],
      unit: 'ops',
      description: 'requeue_after is a known wait; error is tried again, later each time.',
      alerts: ['DialtoneReconcilesFailing'],
    }),
    lines('Length of a reconcile', {
      queries: quantiles('controller_runtime_reconcile_time_seconds'),
      unit: 's',
      description: 'From claiming a declaration to its outcome, its writes and their verification included.',
      alerts: ['DialtoneReconcilesFailing'],
    }),
    lines('Declarations by outcome', {
      queries: [['max by (outcome) (dialtone_bindings)', '{{outcome}}']],
      stacked: true,
      description: 'stalled: only a person or another declaration can help.',
      alerts: ['DialtoneReadinessSloSlowBurn'],
      numbers: true,
    }),
    lines('Waiting and busy', {
      queries: [
        [`max(workqueue_depth{job="${JOB}"})`, 'due'],
        [`sum(controller_runtime_active_workers{job="${JOB}"})`, 'busy workers'],
        [`sum(controller_runtime_max_concurrent_reconciles{job="${JOB}"})`, 'workers'],
      ],
      description: 'A queue that only grows while all workers are busy wants more reconcilers.',
      alerts: ['DialtoneBindingsOverdue'],
    }),
    lines('Time in the queue', {
      queries: quantiles('workqueue_queue_duration_seconds'),
      unit: 's',
      description: 'How long declarations were due before a worker took them.',
      alerts: ['DialtoneBindingsOverdue'],
    }),
    lines('Longest under way', {
      queries: [
        [`max by (instance) (workqueue_longest_running_processor_seconds{job="${JOB}"})`, '{{instance}}'],
        [`max by (instance) (dialtone_queue_idle_seconds{job="${JOB}"})`, '{{instance}} since the queue was looked at'],
      ],
      unit: 's',
      description: 'A queue that no loop looks at for two minutes restarts the process.',
      alerts: ['DialtoneBindingsOverdue'],
    }),
    row('Writes'),
    lines('Writes by step and outcome', {
      queries: [[`sum by (step, outcome) (${rate('dialtone_upstream_writes_total')})`, '{{step}} {{outcome}}']],
      unit: 'ops',
      description: 'Journalled writes: done means that a list has shown it.',
      alerts: ['DialtoneWriteUnknownStuck'],
    }),
    lines('Unknown outcomes, and what lists showed', {
      queries: [
        [`sum(increase(dialtone_upstream_writes_total{job="${JOB}", outcome="unknown"}[$__rate_interval]))`, 'unknown'],
        [
          `sum by (outcome) (increase(dialtone_upstream_write_resolutions_total{job="${JOB}"}[$__rate_interval]))`,
          '{{outcome}}',
        ],
      ],
      description: 'Writes without an answer, and what became of them.',
      alerts: ['DialtoneWriteUnknownStuck'],
    }),
    lines('Writes under way or unexplained', {
      queries: [['sum(max by (connection_id) (dialtone_writes_unresolved))', 'writes']],
      description: 'Of all connections.',
      alerts: ['DialtoneWriteUnknownStuck'],
    }),
    ...voicelinkPanels(JOB),
    ...gatePanels(JOB),
    ...processPanels(JOB),
  ],
});
