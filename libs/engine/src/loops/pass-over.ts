import { OUTBOUND_EVENT_TYPES, TOPIC_OF, type StoredEvent, type TopicName } from '@dialtone/contracts';
import type { BranchingCursors, EventLog } from '../ports/event-log';

/** Types that the relay of a topic leaves to others. A type that is not known may be of any topic. */
export const typesOfOthers = (topic: TopicName): readonly string[] =>
  OUTBOUND_EVENT_TYPES.filter((type) => TOPIC_OF[type] !== topic);

export interface PassOverRequest {
  /** Name of the relays' cursor. */
  readonly name: string;
  readonly topic: TopicName;
  /** `event_id` of the event that is given up. */
  readonly eventId: string;
}

export type PassedOver =
  | { readonly kind: 'passed_over'; readonly event: StoredEvent }
  /** The topic waits for another event, or for none (null). */
  | { readonly kind: 'not_next'; readonly next: StoredEvent | null }
  /** A relay moved the cursor meanwhile: the topic takes events. */
  | { readonly kind: 'moving' };

/** Gives up the event that a topic waits for. Only an operator decides that: no relay ever skips an event. */
export const passOver = async (
  { source, cursors }: { readonly source: Pick<EventLog, 'lastPosition' | 'read'>; readonly cursors: BranchingCursors },
  { name, topic, eventId }: PassOverRequest,
): Promise<PassedOver> => {
  const cursor = `${name}:${topic}`;
  const from = await cursors.get(cursor);
  const part = { except: typesOfOthers(topic), until: await source.lastPosition() };
  const [next = null] = await source.read(from, 1, part);
  if (next?.event_id !== eventId) return { kind: 'not_next', next };
  if (!(await cursors.advance(cursor, from, next.position))) return { kind: 'moving' };
  await cursors.follow(name);
  return { kind: 'passed_over', event: next };
};
