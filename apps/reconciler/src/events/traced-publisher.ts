import { TOPIC_OF, type StoredEvent } from '@dialtone/contracts';
import type { EventPublisher } from '@dialtone/engine';
import { beginSpan, isTracing } from '@dialtone/tracing';

const sent = (event: StoredEvent, startedAt: number, failure: string | null): void => {
  const { traceparent, type, event_id } = event;
  if (traceparent === undefined) return;
  const topic = TOPIC_OF[type];
  const span = beginSpan(`send ${topic}`, {
    kind: 'producer',
    parent: traceparent,
    startedAt,
    attributes: {
      'messaging.system': 'kafka',
      'messaging.operation.type': 'send',
      'messaging.destination.name': topic,
      'messaging.message.id': event_id,
      'cloudevents.event_type': type,
    },
  });
  if (failure !== null) span.fail(failure);
  span.end();
};

/**
 * A span for each record, in the trace that made its event true. The record itself carries the traceparent of the event, the same
 * however often it is sent, and not that of this span. `now` in epoch ms.
 */
export const tracedPublisher = (publisher: EventPublisher, now: () => number): EventPublisher => ({
  publish: async (events) => {
    if (!isTracing()) return publisher.publish(events);
    const startedAt = now();
    try {
      await publisher.publish(events);
    } catch (error) {
      for (const event of events) sent(event, startedAt, 'not_taken');
      throw error;
    }
    for (const event of events) sent(event, startedAt, null);
  },
  get connected() {
    return publisher.connected;
  },
  probe: () => publisher.probe(),
  close: () => publisher.close(),
});
