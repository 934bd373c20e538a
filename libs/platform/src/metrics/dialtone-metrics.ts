import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/*
 * What Dialtone counts besides the controller's own series. Labels are bounded sets: never a phone number, a URL or an id
 * of something that partners make without limit. Every series is explained in docs/operations/metrics.md.
 */

const UPSTREAM_BUCKETS = [0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const VOICELINK_LISTS = ['clients', 'dids', 'available_dids', 'bots', 'routing'];
const SWEEP_BUCKETS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];

/** One HTTP request to VoiceLink, by method and path template. */
export type UpstreamMetrics = (request: {
  readonly endpoint: string;
  readonly outcome: string;
  readonly durationMs: number;
}) => void;

export const upstreamMetrics = (registry: Registry): UpstreamMetrics => {
  const registers = [registry];
  const requests = new Counter({
    name: 'dialtone_upstream_requests_total',
    help: 'Requests to VoiceLink by endpoint and outcome: ok, unknown or the class of the error',
    labelNames: ['endpoint', 'outcome'],
    registers,
  });
  const duration = new Histogram({
    name: 'dialtone_upstream_request_duration_seconds',
    help: 'Length of a request to VoiceLink by endpoint and outcome',
    labelNames: ['endpoint', 'outcome'],
    buckets: UPSTREAM_BUCKETS,
    registers,
  });
  return ({ endpoint, outcome, durationMs }) => {
    requests.inc({ endpoint, outcome });
    duration.observe({ endpoint, outcome }, durationMs / 1000);
  };
};

/** The states of journalled writes: `done`, `failed` or `unknown` at their end, `applied` or `not_applied` once a list resolves them. */
export interface WriteMetrics {
  ended(step: string, outcome: 'done' | 'failed' | 'unknown'): void;
  resolved(outcome: 'applied' | 'not_applied', count: number): void;
}

/** `steps`: those that write, so that their series start at 0. */
export const writeMetrics = (registry: Registry, steps: readonly string[]): WriteMetrics => {
  const registers = [registry];
  const writes = new Counter({
    name: 'dialtone_upstream_writes_total',
    help: 'Journalled writes to VoiceLink by step and outcome',
    labelNames: ['step', 'outcome'],
    registers,
  });
  const resolutions = new Counter({
    name: 'dialtone_upstream_write_resolutions_total',
    help: 'Writes of unknown outcome that a complete list explained',
    labelNames: ['outcome'],
    registers,
  });
  for (const step of steps) for (const outcome of ['done', 'failed', 'unknown']) writes.inc({ step, outcome }, 0);
  for (const outcome of ['applied', 'not_applied']) resolutions.inc({ outcome }, 0);
  return {
    ended: (step, outcome) => {
      writes.inc({ step, outcome });
    },
    resolved: (outcome, count) => {
      resolutions.inc({ outcome }, count);
    },
  };
};

export interface SweepMetrics {
  swept(sweep: {
    /** Every list was read to its end. */
    readonly complete: boolean;
    /** This sweep held the connection's writes. */
    readonly held: boolean;
    readonly durationMs: number;
    readonly keys: number;
    readonly changed: number;
    /** Rows that could not be read, by list. */
    readonly setAside: Readonly<Record<string, number>>;
  }): void;
  /** It ended with an unexpected error. */
  failed(): void;
}

export const sweepMetrics = (registry: Registry): SweepMetrics => {
  const registers = [registry];
  const sweeps = new Counter({
    name: 'dialtone_sweeps_total',
    help: 'Sweeps of connections by result',
    labelNames: ['result'],
    registers,
  });
  for (const result of ['complete', 'incomplete', 'held', 'failed']) sweeps.inc({ result }, 0);
  const duration = new Histogram({
    name: 'dialtone_sweep_duration_seconds',
    help: 'Length of a sweep',
    buckets: SWEEP_BUCKETS,
    registers,
  });
  const judged = new Counter({ name: 'dialtone_sweep_dids_total', help: 'DIDs that sweeps judged', registers });
  const altered = new Counter({
    name: 'dialtone_sweep_changed_dids_total',
    help: 'DIDs whose stored verdict a sweep changed',
    registers,
  });
  const rowsSetAside = new Counter({
    name: 'dialtone_voicelink_rows_set_aside_total',
    help: 'Rows of VoiceLink lists that sweeps could not read, each time that they were listed',
    labelNames: ['section'],
    registers,
  });
  for (const section of VOICELINK_LISTS) rowsSetAside.inc({ section }, 0);
  return {
    swept: ({ complete, held, durationMs, keys, changed, setAside }) => {
      sweeps.inc({ result: held ? 'held' : complete ? 'complete' : 'incomplete' });
      duration.observe(durationMs / 1000);
      judged.inc(keys);
      altered.inc(changed);
      for (const [section, count] of Object.entries(setAside)) rowsSetAside.inc({ section }, count);
    },
    failed: () => {
      sweeps.inc({ result: 'failed' });
    },
  };
};

/** Metrics of Kafka. */
export interface MessagingMetrics {
  /** The broker acknowledged an event. */
  published(topic: string): void;
  /** A topic did not take a batch; it is sent again. */
  publishFailed(topic: string): void;
  /** Whether a topic has other settings than Dialtone creates it with. */
  topicDiffers(topic: string, differs: boolean): void;
  /** The outcome of an inbound reconcile request. */
  requested(result: string): void;
  /** The consumer of reconcile requests: whether it reads its topic, and how often it broke down so far. */
  consumer(state: { readonly running: boolean; readonly crashes: number }): void;
}

export interface MessagingMetricsOptions {
  /** Whether a broker is configured. Without one no event is delivered, which is not an error. */
  readonly configured: boolean;
  /** All topics that events go to, so that their series start at 0. */
  readonly topics: readonly string[];
  /** All outcomes of a request, so that their series start at 0. */
  readonly requestResults: readonly string[];
}

const differingTopics = (registry: Registry): Gauge<'topic'> =>
  new Gauge({
    name: 'dialtone_kafka_topic_differs',
    help: '1 for a topic that has other settings than Dialtone creates it with',
    labelNames: ['topic'],
    registers: [registry],
  });

export const messagingMetrics = (
  registry: Registry,
  { configured, topics, requestResults }: MessagingMetricsOptions,
): MessagingMetrics => {
  const registers = [registry];
  new Gauge({
    name: 'dialtone_kafka_configured',
    help: '1 when this process was given Kafka brokers',
    registers,
  }).set(Number(configured));
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[] = []): Counter<L> =>
    new Counter({ name, help, labelNames: [...labelNames], registers });
  const published = counter('dialtone_events_published_total', 'Events acknowledged by Kafka', ['topic']);
  const failures = counter('dialtone_event_publish_failures_total', 'Batches of events that Kafka did not take', [
    'topic',
  ]);
  for (const topic of topics) failures.inc({ topic }, 0);
  const requests = counter('dialtone_reconcile_requests_total', 'Inbound reconcile requests by what became of them', [
    'result',
  ]);
  for (const result of requestResults) requests.inc({ result }, 0);
  const differing = differingTopics(registry);
  const crashes = counter('dialtone_request_consumer_crashes_total', 'Breakdowns of the consumer of requests');
  const running = new Gauge({
    name: 'dialtone_request_consumer_running',
    help: '1 while the consumer of reconcile requests reads its topic',
    registers,
  });
  let crashesSeen = 0;
  return {
    published: (topic) => {
      published.inc({ topic });
    },
    publishFailed: (topic) => {
      failures.inc({ topic });
    },
    topicDiffers: (topic, differs) => {
      differing.set({ topic }, Number(differs));
    },
    requested: (result) => {
      requests.inc({ result });
    },
    consumer: (state) => {
      running.set(Number(state.running));
      crashes.inc(state.crashes - crashesSeen);
      crashesSeen = state.crashes;
    },
  };
};
