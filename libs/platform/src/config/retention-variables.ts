import * as kind from './kinds';

/** How long is kept what may be thrown away. */
export const retention = {
  eventRetentionHours: kind.integer('EVENT_RETENTION_HOURS', {
    min: 1,
    max: 87_600,
    what: 'how many hours an event that Kafka has is kept in the database',
    fallback: 168,
  }),
  historyRetentionHours: kind.integer('HISTORY_RETENTION_HOURS', {
    min: 1,
    max: 87_600,
    what: 'how many hours the history of declarations, verdicts, plans, holds, pauses and writes is kept',
    fallback: 2_160,
  }),
  trendRetentionDays: kind.integer('TREND_RETENTION_DAYS', {
    min: 1,
    max: 400,
    what: 'how many days the daily counts of numbers by state are kept',
    fallback: 400,
  }),
  callRetentionHours: kind.integer('CALL_RETENTION_HOURS', {
    min: 24,
    max: 87_600,
    what: 'how many hours a call that is over, or given up, is kept after it began',
    fallback: 2_160,
  }),
  webhookLogRetentionHours: kind.integer('WEBHOOK_LOG_RETENTION_HOURS', {
    min: 1,
    max: 87_600,
    what: 'how many hours an attempt to deliver an event to a webhook is kept in its delivery log',
    fallback: 168,
  }),
  credentialsRetentionHours: kind.integer('CREDENTIALS_RETENTION_HOURS', {
    min: 0,
    max: 87_600,
    what: 'how many hours the sealed credentials of a disconnected connection are kept before they are destroyed',
    fallback: 168,
  }),
};
