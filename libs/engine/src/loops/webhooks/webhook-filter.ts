import { OUTBOUND_EVENT_TYPES } from '@dialtone/contracts';
import { parseLabelSelector, type AgentId, type ConnectionId } from '@dialtone/domain';
import type { WatchedEvent } from '../../ports/event-watch';
import { matcherOf, type EventFilter } from './event-filter';

/** An `EventFilter` as it is stored: plain JSON. */
export interface WebhookFilter {
  readonly types?: readonly string[];
  readonly connectionId?: ConnectionId;
  readonly agentId?: AgentId;
  /** A label selector. */
  readonly labels?: string;
  /** Digits only. */
  readonly number?: string;
}

/** A type that this version does not know selects nothing here; a newer version knows it. */
const eventFilterOf = ({ types, labels: text, ...rest }: WebhookFilter): EventFilter => {
  const labels = text === undefined ? null : parseLabelSelector(text);
  return {
    ...rest,
    ...(types !== undefined && { types: OUTBOUND_EVENT_TYPES.filter((type) => types.includes(type)) }),
    ...(labels !== null && { labels }),
  };
};

/** Which events of the log a webhook gets: those of its filter. That it has missed some, it was sent before. */
export const webhookMatcherOf = (id: string, filter: WebhookFilter): ((event: WatchedEvent) => boolean) => {
  const isMeant = matcherOf(eventFilterOf(filter));
  return (event) => isMeant(event) && !(event.type === 'dialtone.webhook.missed.v1' && event.data.webhook_id === id);
};
