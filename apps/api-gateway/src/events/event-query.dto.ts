import { OUTBOUND_EVENT_TYPES, type OutboundEventType } from '@dialtone/contracts';
import { AgentSelection } from '../http/input/agent-selection';
import { ConnectionFilter } from '../http/input/connection-selection';
import { InQuery, type Kind } from '../http/input/field';
import { boolean, integer, matching } from '../http/input/kinds';
import { LabelSelection } from '../http/input/label-selection';
import { Cursor } from '../http/input/paging';

const EVENTS_LIMIT = { min: 1, max: 1_000, default: 100 } as const;

/** Null: one of them is none. */
export const typesIn = (text: string): readonly OutboundEventType[] | null => {
  const types = text.split(',').map((name) => OUTBOUND_EVENT_TYPES.find((type) => type === name));
  return types.every((type) => type !== undefined) ? types : null;
};

/** Types are added without a new version of the API: the document has a pattern, and no list. */
export const TYPES: Kind = {
  schema: { type: String, maxLength: 2_000 },
  mustBe: `one of ${OUTBOUND_EVENT_TYPES.join(', ')}, or several of them with commas between`,
  isValid: (value) => typeof value === 'string' && typesIn(value) !== null,
};

export const NUMBER = matching({
  pattern: /^\+?[1-9]\d{6,14}$/,
  mustBe: 'a number with its country code, with or without + (which is written as %2B)',
  maxLength: 16,
});

/** A number as filters of events have it: digits only. */
export const digitsIn = (number: string): string => number.replace('+', '');

/** Which events. */
export class EventFilterQuery extends ConnectionFilter {
  @InQuery('type', TYPES, {
    description: 'Only events of this type, or of one of several with commas between.',
    example: 'dialtone.readiness.changed.v1',
  })
  readonly type?: string;

  @AgentSelection()
  readonly agent_id?: string;

  @LabelSelection()
  readonly labels?: string;

  @InQuery('number', NUMBER, { description: 'Only events of this number.', example: '918011223344' })
  readonly number?: string;

  @Cursor()
  readonly cursor?: string;
}

export class EventsQuery extends EventFilterQuery {
  @InQuery('limit', integer(EVENTS_LIMIT), { description: 'Events per answer.' })
  readonly limit: number = EVENTS_LIMIT.default;
}

/** Proxies and processes come and go: a stream ends once an hour at least, and its client comes back. */
const STREAM_SECONDS = { min: 1, max: 3_600, default: 3_600 } as const;

export class EventStreamQuery extends EventFilterQuery {
  @InQuery('snapshot', boolean, {
    description:
      'Begins with the numbers as they are; not with `cursor`. A client that comes back with `Last-Event-ID` goes on instead.',
    example: true,
  })
  readonly snapshot: boolean = false;

  @InQuery('timeout_seconds', integer(STREAM_SECONDS), { description: 'The stream ends after so long.' })
  readonly timeout_seconds: number = STREAM_SECONDS.default;
}
