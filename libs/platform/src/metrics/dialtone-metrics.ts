import { Counter, Histogram, type Registry } from 'prom-client';

/** How VoiceLink answers. */
export interface UpstreamMetrics {
  /** HTTP requests to VoiceLink by method and path template. */
  readonly upstreamRequests: Counter<'endpoint' | 'outcome'>;
  readonly upstreamDuration: Histogram<'endpoint'>;
}

/** What Dialtone counts besides the controller's own series. Labels are bounded sets: never a number, an id or a URL. */
export interface DialtoneMetrics extends UpstreamMetrics {
  /** Events acknowledged by the broker. */
  readonly eventsPublished: Counter<'topic'>;
  /** Batches that the broker did not take; they are sent again. */
  readonly eventPublishFailures: Counter;
  /** Inbound reconcile requests: triggered, unknown (no such declaration), or invalid (dead-lettered). */
  readonly reconcileRequests: Counter<'result'>;
  /** Sweeps: complete, incomplete (a section failed), held (a guard held writes) or failed. */
  readonly sweeps: Counter<'result'>;
  readonly sweepDuration: Histogram;
}

export const dialtoneMetrics = (registry: Registry): DialtoneMetrics => {
  const registers = [registry];
  return {
    eventsPublished: new Counter({
      name: 'dialtone_events_published_total',
      help: 'Events acknowledged by Kafka',
      labelNames: ['topic'],
      registers,
    }),
    eventPublishFailures: new Counter({
      name: 'dialtone_event_publish_failures_total',
      help: 'Batches of events that Kafka did not take',
      registers,
    }),
    reconcileRequests: new Counter({
      name: 'dialtone_reconcile_requests_total',
      help: 'Inbound reconcile requests',
      labelNames: ['result'],
      registers,
    }),
    sweeps: new Counter({
      name: 'dialtone_sweeps_total',
      help: 'Sweeps of connections',
      labelNames: ['result'],
      registers,
    }),
    sweepDuration: new Histogram({
      name: 'dialtone_sweep_duration_seconds',
      help: 'Length of a sweep',
      buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600],
      registers,
    }),
    ...upstreamMetrics(registry),
  };
};

/** For an app that calls VoiceLink and counts nothing else of `dialtoneMetrics`, which has these too. */
export const upstreamMetrics = (registry: Registry): UpstreamMetrics => {
  const registers = [registry];
  return {
    upstreamRequests: new Counter({
      name: 'dialtone_upstream_requests_total',
      help: 'Requests to VoiceLink',
      labelNames: ['endpoint', 'outcome'],
      registers,
    }),
    upstreamDuration: new Histogram({
      name: 'dialtone_upstream_request_duration_seconds',
      help: 'Length of a request to VoiceLink',
      labelNames: ['endpoint'],
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    }),
  };
};
