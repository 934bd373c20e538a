import type { TopicName } from '@dialtone/contracts';
import { TOPICS } from '@dialtone/contracts';
import { ensureTopics } from '@dialtone/messaging';
import type { Logger, MessagingMetrics } from '@dialtone/platform';

/** Creates those of the topics that are missing, and tells by log and metric which have other settings. */
export const prepareTopics = async (
  topics: readonly TopicName[],
  deps: {
    readonly connection: Parameters<typeof ensureTopics>[0];
    readonly logger: Logger;
    readonly metrics: Pick<MessagingMetrics, 'topicDiffers'>;
  },
): Promise<void> => {
  await ensureTopics(deps.connection, {
    logger: deps.logger,
    topics: Object.fromEntries(topics.map((topic) => [topic, TOPICS[topic]])),
    onReport: ({ topic, outcome }) => {
      deps.metrics.topicDiffers(topic, outcome === 'differs');
    },
  });
};
