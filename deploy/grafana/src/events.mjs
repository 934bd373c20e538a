import { dashboard, lines, number, row } from './panels.mjs';

const late = [
  [null, 'green'],
  [60, 'orange'],
  [300, 'red'],
];
const there = [
  [null, 'red'],
  [1, 'green'],
];

export const events = dashboard({
  uid: 'dialtone-events',
  title: 'Dialtone: events',
  description: 'From the event log over the sequencer to Kafka, and requests from Kafka.',
  panels: [
    number('Oldest event without a position', {
      queries: [['max(dialtone_events_oldest_unsequenced_seconds)']],
      unit: 's',
      steps: late,
      description: 'No reader of the log gets it before it has one.',
      alerts: ['DialtoneEventsNotSequenced'],
    }),
    number('Oldest event not in Kafka', {
      queries: [['max(dialtone_events_oldest_unsent_seconds{cursor="kafka"})']],
      unit: 's',
      steps: late,
      description: 'Of the topic that is furthest behind.',
      alerts: ['DialtoneEventsNotDelivered'],
      noValue: 'no broker configured',
    }),
    number('Events not in Kafka', {
      queries: [['max(dialtone_events_unsent{cursor="kafka"})']],
      steps: [[null, 'blue']],
      description: 'They wait in the log, in order, until Kafka takes them.',
      alerts: ['DialtoneEventsNotDelivered'],
      noValue: 'no broker configured',
    }),
    number('Kafka is there', {
      queries: [
        [
          'max(dialtone_relay_connected and on (instance) dialtone_leader{role="relay"} == 1) or max(dialtone_relay_connected)',
        ],
      ],
      steps: there,
      description: '1 while it answers the relays of the leader, also when there is nothing to send.',
      alerts: ['DialtoneEventsNotDelivered'],
    }),
    number('Requests are consumed', {
      queries: [['max(dialtone_request_consumer_running)']],
      steps: there,
      description: '1 while reconcile requests of other services are heard.',
      alerts: ['DialtoneRequestConsumerDown'],
    }),
    number('Requests put aside (24 h)', {
      queries: [['sum(increase(dialtone_reconcile_requests_total{result=~"dead_lettered|lost"}[24h]))']],
      defaults: { decimals: 0 },
      description: 'Reconcile requests that could not be read or done: dead letters, and those that were lost.',
      alerts: ['DialtoneDeadLetters'],
    }),
    row('Out'),
    lines('How far readers are behind', {
      queries: [
        ['max by (cursor) (dialtone_events_unsent)', '{{cursor}}'],
        ['max(dialtone_events_unsequenced)', 'no position yet'],
      ],
      description: 'Events that each reader of the log has not passed.',
      alerts: ['DialtoneEventsNotDelivered'],
    }),
    lines('Age of what they have not read', {
      queries: [
        ['max by (cursor) (dialtone_events_oldest_unsent_seconds)', '{{cursor}}'],
        ['max(dialtone_events_oldest_unsequenced_seconds)', 'no position yet'],
      ],
      unit: 's',
      limit: 300,
      description: 'From the dashed line on it pages.',
      alerts: ['DialtoneEventsNotDelivered', 'DialtoneEventsNotSequenced'],
    }),
    lines('Events that Kafka took', {
      queries: [['sum by (topic) (rate(dialtone_events_published_total[$__rate_interval]))', '{{topic}}']],
      unit: 'ops',
      description: 'Acknowledged by the broker, by topic.',
    }),
    lines('Batches that Kafka did not take', {
      queries: [
        ['sum by (topic) (increase(dialtone_event_publish_failures_total[$__rate_interval]))', '{{topic}}'],
        ['max by (topic) (dialtone_relay_consecutive_failures)', '{{topic}} since the last success'],
      ],
      description: 'They are sent again; one topic does not hold up another.',
      alerts: ['DialtoneTopicNotDelivered'],
    }),
    lines('Who leads', {
      queries: [['dialtone_leader', '{{role}} {{instance}}']],
      description: '1 in the replica that numbers events (sequencer) or sends them (relay); one of each at a time.',
      alerts: ['DialtoneNoLeader'],
    }),
    row('Webhooks'),
    lines('Attempts, by what followed', {
      queries: [['sum by (turn) (rate(dialtone_webhook_attempts_total[$__rate_interval]))', '{{turn}}']],
      unit: 'ops',
      description: 'given_up: the next event comes. disabled: none does, until the partner enables the webhook.',
      alerts: ['DialtoneWebhookDisabled'],
    }),
    lines('How long receivers take', {
      queries: [
        // Without an attempt there is no half of them: no line, rather than NaN.
        [
          'histogram_quantile(0.5, sum by (le) (rate(dialtone_webhook_attempt_seconds_bucket[$__rate_interval]))) >= 0',
          'median',
        ],
        [
          'histogram_quantile(0.99, sum by (le) (rate(dialtone_webhook_attempt_seconds_bucket[$__rate_interval]))) >= 0',
          'p99',
        ],
      ],
      unit: 's',
      description: 'Those that take more than two seconds share half of the places.',
    }),
    lines('Webhooks', {
      queries: [
        ['max by (state) (dialtone_webhooks)', '{{state}}'],
        ['max(dialtone_webhooks_failing)', 'active and failing'],
      ],
      description: 'Failing: nothing was accepted since an attempt failed.',
      alerts: ['DialtoneWebhookDisabled'],
    }),
    lines('Webhooks that no key opens', {
      queries: [['sum(increase(dialtone_webhook_unreadable_total[5m]))', 'turns within 5 minutes']],
      description: 'Each has a turn a minute while events wait for it.',
      alerts: ['DialtoneWebhookUnreadable'],
    }),
    lines('For how long the one that fails longest does', {
      queries: [['max(dialtone_webhook_oldest_failing_seconds)', 'fails']],
      unit: 's',
      limit: 432000,
      description: 'After five days, as configured, it is disabled.',
      alerts: ['DialtoneWebhookDisabled'],
    }),
    row('In'),
    lines('Reconcile requests', {
      queries: [['sum by (result) (rate(dialtone_reconcile_requests_total[$__rate_interval]))', '{{result}}']],
      unit: 'ops',
      width: 12,
      description: 'From Kafka, by what became of them.',
      alerts: ['DialtoneDeadLetters'],
    }),
    lines('The consumer of requests', {
      queries: [
        ['sum(dialtone_request_consumer_running)', 'running'],
        ['sum(dialtone_kafka_configured)', 'with a broker configured'],
        ['sum(increase(dialtone_request_consumer_crashes_total[$__rate_interval]))', 'breakdowns'],
      ],
      width: 12,
      description: 'Running in one replica for each partition at most; every breakdown starts it again.',
      alerts: ['DialtoneRequestConsumerDown'],
    }),
  ],
});
