import type { OutboundEventType } from '@dialtone/contracts';
import { selectsLabels, type AgentId, type ConnectionId, type LabelSelector } from '@dialtone/domain';
import type { WatchedEvent } from '../../ports/event-watch';

/** Which events of a partner are meant. What is left out selects nothing. */
export interface EventFilter {
  readonly types?: readonly OutboundEventType[];
  readonly connectionId?: ConnectionId;
  readonly agentId?: AgentId;
  readonly labels?: LabelSelector;
  /** Digits only. */
  readonly number?: string;
}

type Test = (event: WatchedEvent) => boolean;

const isOfNumber =
  (number: string): Test =>
  ({ key, data }) =>
    key === number || ('phone_number' in data && data.phone_number === `+${number}`);

const isOfAgent =
  (agentId: AgentId): Test =>
  ({ declared, data }) =>
    declared?.agentId === agentId || ('agent_id' in data && data.agent_id === agentId);

/** The labels of a withdrawn declaration are gone: its end is told to all, or one who follows them would never hear of it. */
const hasLabels =
  (selector: LabelSelector): Test =>
  ({ declared, type }) =>
    declared === null ? type === 'dialtone.binding.deleted.v1' : selectsLabels(selector, declared.labels);

const testsOf = ({ types, connectionId, agentId, labels, number }: EventFilter): readonly Test[] => [
  ...(types === undefined ? [] : [({ type }: WatchedEvent) => types.includes(type)]),
  ...(connectionId === undefined ? [] : [(event: WatchedEvent) => event.connection_id === connectionId]),
  ...(agentId === undefined ? [] : [isOfAgent(agentId)]),
  ...(labels === undefined ? [] : [hasLabels(labels)]),
  ...(number === undefined ? [] : [isOfNumber(number)]),
];

/** The one rule by which events are chosen, for lists, streams and webhooks. */
export const matcherOf = (filter: EventFilter): Test => {
  const tests = testsOf(filter);
  return (event) => tests.every((test) => test(event));
};
