import { OUTBOUND_TOPICS } from '@dialtone/contracts';
import { passOver, type PassedOver } from '@dialtone/engine';
import { RELAY_CURSOR } from '@dialtone/messaging';
import type { AdminConfig } from '@dialtone/platform';
import { CommandError, print, withStores } from './with-stores';

/** Gives up the one event that a topic will never take. */
export const passOverEvent = (config: AdminConfig, given: { topic: string; event: string }): Promise<void> =>
  withStores(config, async ({ events, cursors }) => {
    const topic = OUTBOUND_TOPICS.find((name) => name === given.topic);
    if (topic === undefined)
      throw new CommandError(`"${given.topic}" is no topic of events: ${OUTBOUND_TOPICS.join(', ')}`);
    const request = { name: RELAY_CURSOR, topic, eventId: given.event };
    const result = await passOver({ source: events, cursors }, request);
    if (result.kind !== 'passed_over') throw new CommandError(refusalOf(result, topic));
    const { event_id, type, connection_id, key, seq } = result.event;
    print({ passed_over: { event_id, type, connection_id, key, seq }, topic });
  });

const refusalOf = (result: Exclude<PassedOver, { readonly kind: 'passed_over' }>, topic: string): string => {
  if (result.kind === 'moving') return `${topic} takes events again; nothing was passed over.`;
  if (result.next === null) return `${topic} has all of its events; nothing was passed over.`;
  return `${topic} waits for event ${result.next.event_id} (${result.next.type}); nothing was passed over.`;
};
