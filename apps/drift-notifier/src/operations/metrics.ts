import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import type { RecordOutcome } from '../consume/record-handler';
import type { SendOutcome } from '../send/receiver-sender';
import type { Counts } from '../store/counts';

export interface Metrics {
  readonly registry: Registry;
  readonly record: (topic: string, outcome: RecordOutcome) => void;
  readonly skipped: (count: number) => void;
  readonly sent: (receiver: string, outcome: SendOutcome) => void;
  readonly consumer: (state: { readonly consuming: boolean; readonly crashes: number }) => void;
}

/** Asks at each scrape; a gauge whose counts cannot be asked is left out. */
const registerCounts = (registry: Registry, counts: () => Promise<Counts | null>): void => {
  let asked: Promise<Counts | null> | null = null;
  const once = (): Promise<Counts | null> => {
    asked ??= counts().finally(() => (asked = null));
    return asked;
  };
  const gauge = (
    name: string,
    help: string,
    set: (gauge: Gauge, counts: Counts) => void,
    labels: string[] = [],
  ): void => {
    const made: Gauge = new Gauge({
      name,
      help,
      labelNames: labels,
      registers: [registry],
      collect: async () => {
        made.reset();
        const now = await once();
        if (now !== null) set(made, now);
      },
    });
  };
  gauge('drift_notifier_open_drifts', 'Numbers that are broken now', (made, { openDrifts }) => {
    made.set(openDrifts);
  });
  gauge(
    'drift_notifier_messages_unsent',
    'Messages that wait to be sent, by receiver',
    (made, { unsent }) => {
      for (const { receiver, count } of unsent) made.set({ receiver }, count);
    },
    ['receiver'],
  );
  gauge(
    'drift_notifier_oldest_unsent_seconds',
    'Age of the oldest message that waits to be sent, by receiver',
    (made, { unsent }) => {
      for (const { receiver, oldestSeconds } of unsent) made.set({ receiver }, oldestSeconds);
    },
    ['receiver'],
  );
};

/** All series of this service; README.md explains them. */
export const createMetrics = (counts: () => Promise<Counts | null>): Metrics => {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const records = new Counter({
    name: 'drift_notifier_records_total',
    help: 'Records of Kafka, by what became of them',
    labelNames: ['topic', 'outcome'],
    registers,
  });
  const skipped = new Counter({
    name: 'drift_notifier_seq_skipped_total',
    help: 'Numbers of seq that were passed over: events of topics that are not read, or lost ones',
    registers,
  });
  const attempts = new Counter({
    name: 'drift_notifier_send_attempts_total',
    help: 'Attempts to send a message, by receiver and outcome',
    labelNames: ['receiver', 'outcome'],
    registers,
  });
  const consuming = new Gauge({ name: 'drift_notifier_consuming', help: '1 while events are consumed', registers });
  const crashes = new Gauge({
    name: 'drift_notifier_consumer_crashes',
    help: 'How often the consumer broke down since the start',
    registers,
  });
  registerCounts(registry, counts);
  return {
    registry,
    record: (topic, outcome) => {
      records.inc({ topic, outcome });
    },
    skipped: (count) => {
      skipped.inc(count);
    },
    sent: (receiver, outcome) => {
      attempts.inc({ receiver, outcome });
    },
    consumer: (state) => {
      consuming.set(Number(state.consuming));
      crashes.set(state.crashes);
    },
  };
};
