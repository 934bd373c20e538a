import { parseAgentId, parseConnectionId } from '@dialtone/domain';
import type { WebhookAttempt, WebhookFilter } from '@dialtone/engine';
import type { DeliveryOutcome, WebhookRow } from '@dialtone/persistence';
import { shownUrl } from '@dialtone/webhooks';
import { cursorAt } from '../events/event-cursor';
import { digitsIn } from '../events/event-query.dto';
import type { Fields } from '../http/errors/envelope';
import type { CreateWebhookBody } from './webhook-body.dto';
import type { WebhookAttemptDto, WebhookDto } from './webhook.dto';

const timeOf = (date: Date | null): string | null => date?.toISOString() ?? null;

/** An active webhook that no key opens gets nothing. */
const stateReasonOf = ({ state, stateReason, url }: Omit<WebhookRow, 'filter'>): string | null =>
  state === 'active' && url === null ? 'unreadable' : stateReason;

export const toWebhook = ({ filter, ...row }: WebhookRow): Fields<WebhookDto> => ({
  id: row.id,
  url: row.url === null ? null : shownUrl(row.url),
  description: row.description,
  type: filter.types?.join(',') ?? null,
  connection_id: filter.connectionId ?? null,
  agent_id: filter.agentId ?? null,
  labels: filter.labels ?? null,
  number: filter.number === undefined ? null : `+${filter.number}`,
  state: row.state,
  state_reason: stateReasonOf(row),
  state_since: row.stateSince.toISOString(),
  cursor: cursorAt(row.position),
  attempts: row.attempts,
  failing_since: timeOf(row.failingSince),
  next_attempt_at: timeOf(row.nextAttemptAt),
  previous_secret_until: timeOf(row.previousUntil),
  created_at: row.createdAt.toISOString(),
  updated_at: row.updatedAt.toISOString(),
});

export const toAttempt = (
  row: WebhookAttempt & { readonly outcome: DeliveryOutcome; readonly createdAt: Date },
): Fields<WebhookAttemptDto> => ({
  event_id: row.eventId,
  event_type: row.eventType,
  outcome: row.outcome,
  attempt: row.attempt,
  status: row.status,
  error: row.error,
  latency_ms: row.latencyMs,
  response: row.response,
  created_at: row.createdAt.toISOString(),
});

type Choice = Pick<CreateWebhookBody, 'type' | 'connection_id' | 'agent_id' | 'labels' | 'number'>;

/** Each part of a filter from the text that names it. */
const READ: { readonly [Name in keyof Choice]-?: (given: string) => WebhookFilter } = {
  type: (given) => ({ types: given.split(',') }),
  connection_id: (given) => withId('connectionId', parseConnectionId(given)),
  agent_id: (given) => withId('agentId', parseAgentId(given)),
  labels: (labels) => ({ labels }),
  number: (given) => ({ number: digitsIn(given) }),
};
const withId = (name: 'connectionId' | 'agentId', id: string | null): WebhookFilter =>
  id === null ? {} : { [name]: id };
const PART_OF = {
  type: 'types',
  connection_id: 'connectionId',
  agent_id: 'agentId',
  labels: 'labels',
  number: 'number',
} as const;
const NAMES = Object.keys(READ) as readonly (keyof Choice)[];

/** The filter after what a body says: what it leaves out stays, null removes. */
export const filterAfter = (before: WebhookFilter, body: Choice): WebhookFilter => {
  const stays = NAMES.filter((name) => body[name] === undefined).map((name) => PART_OF[name]);
  const kept = Object.fromEntries(Object.entries(before).filter(([part]) => stays.some((name) => name === part)));
  const given = NAMES.map((name) => {
    const text = body[name];
    return typeof text === 'string' ? READ[name](text) : {};
  });
  return Object.assign({}, kept, ...given) as WebhookFilter;
};
