import { lines, row, table } from './panels.mjs';

/** VoiceLink as one of the apps sees it. */
export const voicelinkPanels = (job) => [
  row('VoiceLink'),
  lines('Requests by endpoint', {
    queries: [
      [`sum by (endpoint) (rate(dialtone_upstream_requests_total{job="${job}"}[$__rate_interval]))`, '{{endpoint}}'],
    ],
    unit: 'reqps',
    description: 'HTTP requests, logins and retries included; GET endpoints are page requests of lists.',
    alerts: ['DialtoneUpstreamFailing'],
  }),
  lines('Answers that are not ok', {
    queries: [
      [
        `sum by (endpoint, outcome) (rate(dialtone_upstream_requests_total{job="${job}", outcome!="ok"}[$__rate_interval]))`,
        '{{endpoint}} {{outcome}}',
      ],
    ],
    unit: 'reqps',
    description: 'By class of the error; unknown is a write that may have had its effect.',
    alerts: ['DialtoneUpstreamFailing'],
  }),
  lines('Time to answer, 95 of 100', {
    queries: [
      [
        `histogram_quantile(0.95, sum by (le, endpoint) (rate(dialtone_upstream_request_duration_seconds_bucket{job="${job}"}[$__rate_interval])))`,
        '{{endpoint}}',
      ],
    ],
    unit: 's',
    description: 'How long VoiceLink takes, by endpoint.',
    alerts: ['DialtoneUpstreamFailing'],
  }),
];

/** What holds requests to VoiceLink back. */
export const gatePanels = (job) => [
  lines('Wait for the rate budget, 95 of 100', {
    queries: [
      [
        `histogram_quantile(0.95, sum by (le, lane) (rate(dialtone_upstream_budget_wait_seconds_bucket{job="${job}"}[$__rate_interval])))`,
        '{{lane}}',
      ],
    ],
    unit: 's',
    description: 'Users come first, then repairs, then sweeps.',
    alerts: ['DialtoneUpstreamThrottled'],
  }),
  lines('Given up for want of budget', {
    queries: [
      [`sum by (lane) (rate(dialtone_upstream_throttled_total{job="${job}"}[$__rate_interval]))`, '{{lane}}'],
      [`sum(rate(dialtone_upstream_budget_failures_total{job="${job}"}[$__rate_interval]))`, 'budget not asked'],
    ],
    unit: 'reqps',
    description:
      'Their turn would have come too late: users are told when to come back, repairs and sweeps go on later.',
    alerts: ['DialtoneUpstreamThrottled'],
  }),
  lines('Breakers that are not closed', {
    queries: [[`sum by (state) (dialtone_upstream_breakers{job="${job}"})`, '{{state}}']],
    description: 'Connections that VoiceLink does not answer for: nothing is sent but a probe now and then.',
    alerts: ['DialtoneUpstreamBreakerOpen'],
  }),
];

const usePanels = (job) => [
  lines('Database connections', {
    queries: [
      [`sum by (instance, state) (dialtone_database_pool_connections{job="${job}"})`, '{{instance}} {{state}}'],
      [`sum by (instance) (dialtone_database_pool_waiting{job="${job}"})`, '{{instance}} waited for'],
      [`max(dialtone_database_pool_limit{job="${job}"})`, 'limit'],
    ],
    width: 6,
    description: 'Callers that wait mean that the pool is too small, or that statements are slow.',
    alerts: ['DialtoneDatabasePoolSaturated'],
  }),
  lines('Event loop lag, 99 of 100', {
    queries: [[`nodejs_eventloop_lag_p99_seconds{job="${job}"}`, '{{instance}}']],
    unit: 's',
    width: 6,
    limit: 0.5,
    description: 'From the dashed line on a process is overloaded.',
    alerts: ['DialtoneEventLoopLagging'],
  }),
  lines('CPU', {
    queries: [[`rate(process_cpu_seconds_total{job="${job}"}[$__rate_interval])`, '{{instance}}']],
    unit: 'percentunit',
    width: 6,
    description: '100 % is one core.',
    alerts: ['DialtoneEventLoopLagging'],
  }),
  lines('Memory', {
    queries: [[`process_resident_memory_bytes{job="${job}"}`, '{{instance}}']],
    unit: 'bytes',
    width: 6,
    description: 'Resident; a process that was killed for it shows as a gap and a new start.',
    alerts: ['DialtoneCrashLooping'],
  }),
];

/** Use, saturation and errors of the processes of one job. */
export const processPanels = (job) => [
  row('Processes'),
  ...usePanels(job),
  table('Builds', {
    queries: [[`sum by (instance, version, revision, node_version) (dialtone_build_info{job="${job}"})`]],
    width: 12,
    height: 6,
    columns: { Value: 'processes' },
    description: 'What runs where; during a rollout there are two.',
    alerts: ['DialtoneReplicaMissing', 'DialtoneNoReplica'],
  }),
  lines('Database connections that were lost', {
    queries: [
      [
        `sum by (instance) (increase(dialtone_database_connection_failures_total{job="${job}"}[$__rate_interval]))`,
        '{{instance}} while idle',
      ],
      [
        `sum by (instance, reason) (increase(dialtone_database_connections_given_up_total{job="${job}"}[$__rate_interval]))`,
        '{{instance}} {{reason}}',
      ],
    ],
    width: 12,
    height: 6,
    description: 'Broken while idle, silent, read-only or not to be opened.',
    alerts: ['DialtoneDatabaseAway'],
  }),
];
