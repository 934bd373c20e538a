import { type TopicDifferences, verifyReadiness } from '@dialtone/engine';
import { kafkaConnectionOf, KafkaTopicReader, RELAY_CURSOR } from '@dialtone/messaging';
import { createLogger, type AdminConfig } from '@dialtone/platform';
import { withBroker } from '../explain';
import { print, withStores } from './with-stores';

/** Of each kind of difference so many are named; all are counted. */
const NAMED = 100;
/** Differences are no failure of the command, which ends with 1. */
const DIFFERENT = 2;

const named = (recordKeys: readonly string[]): object => ({
  count: recordKeys.length,
  keys: recordKeys.slice(0, NAMED),
});

const report = ({ numbers, onTheirWay, missing, stale, extra }: TopicDifferences): object => ({
  numbers,
  on_their_way: onTheirWay,
  missing: named(missing),
  stale: named(stale),
  extra: named(extra),
});

/** Compares the compacted readiness topic with the database. The exit code is 0 when they say the same, and 2 when they do not. */
export const verifyTopic = (config: AdminConfig): Promise<void> =>
  withStores(config, async ({ toldNumbers: numbers, eventReplay: log }) => {
    const logger = createLogger({ name: 'admin', level: 'silent' });
    const topic = new KafkaTopicReader(kafkaConnectionOf(config, 'dialtone-admin'), logger);
    const readAll: typeof topic.readAll = (...asked) => withBroker(() => topic.readAll(...asked));
    const found = await verifyReadiness({ numbers, log, topic: { readAll }, name: RELAY_CURSOR });
    print(report(found));
    if (found.missing.length + found.stale.length + found.extra.length > 0) process.exitCode = DIFFERENT;
  });
