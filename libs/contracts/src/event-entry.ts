import type { JsonSchema } from './schema';
import type { TopicName } from './topics';

/** What the records of an event type are keyed by, so what they are in order of. */
export type KeyKind = 'did' | 'connection' | 'webhook' | 'free';

export interface EventEntry<Data> {
  /** Of the data, without the schema's own identity: see EVENT_SCHEMAS. */
  readonly schema: JsonSchema;
  readonly topic: TopicName;
  readonly keyedBy: KeyKind;
  readonly example: Data;
}
/** Keeps the type of the data. */
export const event = <Data>(entry: EventEntry<Data>): EventEntry<Data> => entry;
