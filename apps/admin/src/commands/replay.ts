import { OUTBOUND_TOPICS, RECORD_HEADERS, type TopicName } from '@dialtone/contracts';
import { partOf, replayEvents, type ReplayRequest } from '@dialtone/engine';
import { kafkaConnectionOf, KafkaEventPublisher, RELAY_CURSOR } from '@dialtone/messaging';
import { createLogger, SystemClock, type AdminConfig } from '@dialtone/platform';
import type { Stores } from '@dialtone/persistence';
import { withBroker } from '../explain';
import { CommandError, print, withStores } from './with-stores';

/** As given on the command line. */
export interface ReplayOptions {
  readonly topic: string;
  readonly from: string;
  readonly to?: string;
  readonly rate: string;
  readonly publish: boolean;
}

const MAX_RATE = 5_000;

const timeIn = (option: string, text: string): number => {
  const time = /^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(time))
    throw new CommandError(`${option} "${text}" is no time: give one such as 2026-11-21T10:00:00Z.`);
  return time;
};

const rateIn = (text: string): number => {
  const rate = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (rate < 1 || rate > MAX_RATE)
    throw new CommandError(`--rate "${text}" is no rate: give 1 to ${String(MAX_RATE)} events a second.`);
  return rate;
};

const topicIn = (text: string): TopicName => {
  const topic = OUTBOUND_TOPICS.find((name) => name === text);
  if (topic === undefined) throw new CommandError(`"${text}" is no topic of events: ${OUTBOUND_TOPICS.join(', ')}`);
  return topic;
};

const requestIn = ({ topic, from, to, rate }: ReplayOptions): ReplayRequest => ({
  topic: topicIn(topic),
  name: RELAY_CURSOR,
  from: timeIn('--from', from),
  to: to === undefined ? null : timeIn('--to', to),
  rate: rateIn(rate),
});

/** Says how many events of the log it is about and, with --publish, sends them once more. SIGINT and SIGTERM end it after a batch. */
export const replayToTopic = (config: AdminConfig, options: ReplayOptions): Promise<void> => {
  const request = requestIn(options);
  return withStores(config, async (stores) => {
    const { positions } = await stores.eventReplay.find(partOf(request));
    const [first] = await stores.eventReplay.read(positions.slice(0, 1));
    const [last] = await stores.eventReplay.read(positions.slice(-1));
    print({
      topic: request.topic,
      events: positions.length,
      oldest: first?.created_at ?? null,
      newest: last?.created_at ?? null,
      at_least_seconds: Math.ceil(positions.length / request.rate),
      publish: options.publish,
    });
    if (options.publish && positions.length > 0) await publishAgain(config, stores, request);
  });
};

const publishAgain = async (
  config: AdminConfig,
  { eventReplay: log }: Stores,
  request: ReplayRequest,
): Promise<void> => {
  const stopping = new AbortController();
  const stop = (): void => {
    stopping.abort();
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const publisher = new KafkaEventPublisher({
    connection: kafkaConnectionOf(config, 'dialtone-admin'),
    logger: createLogger({ name: 'admin', level: 'silent' }),
    marks: { [RECORD_HEADERS.replayedAt]: new Date().toISOString() },
  });
  try {
    const publish: typeof publisher.publish = (events) => withBroker(() => publisher.publish(events));
    const deps = { log, publisher: { publish }, clock: new SystemClock() };
    const { events, complete } = await replayEvents(deps, request, stopping.signal);
    print({ topic: request.topic, replayed: events, complete });
    if (!complete) process.exitCode = 1;
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    await publisher.close();
  }
};
