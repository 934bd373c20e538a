import { TOPIC_OF, type TopicName } from '@dialtone/contracts';
import type { EventPublisher } from '@dialtone/engine';
import type { MessagingMetrics } from '@dialtone/platform';

/** Counts what the publisher of a topic delivers and fails to deliver. */
export const meteredPublisher = (
  publisher: EventPublisher,
  metrics: MessagingMetrics,
  topic: TopicName,
): EventPublisher => ({
  publish: async (events) => {
    try {
      await publisher.publish(events);
    } catch (error) {
      metrics.publishFailed(topic);
      throw error;
    }
    for (const { type } of events) metrics.published(TOPIC_OF[type]);
  },
  get connected() {
    return publisher.connected;
  },
  probe: () => publisher.probe(),
  close: () => publisher.close(),
});
