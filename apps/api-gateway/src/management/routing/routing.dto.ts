import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { ValidateIf } from 'class-validator';
import { canonicalKey } from '@dialtone/domain';
import { ConnectionInput } from '../../http/input/connection-selection';
import { InQuery, Optional, Required, Rule, sentenceOf } from '../../http/input/field';
import { code, count, MAX_ID, MAX_SPELLED_NUMBER, search } from '../../http/input/kinds';
import { mustBeNumber } from '../../http/input/must-be-number';

const ACTIVE = [0, 1] as const;
/** 0 has no documented meaning, but the documents allow it: VoiceLink decides. */
export const INBOUND = [0, 1, 2, 3] as const;
export const OUTBOUND = [0, 2, 3, 4] as const;
const SIP = 2;
const BOT = 3;

const INBOUND_DOC = 'VoiceLink inbound mode: 1 mobile, 2 SIP, 3 WebSocket bot.';
const OUTBOUND_DOC = 'VoiceLink outbound mode: 2 SIP, 3 WebSocket bot, 4 only-answer.';
const REPLACES = 'It is required because the update replaces the record: resend the current value to keep it.';

/** Filters and paging, as far as VoiceLink honours them. */
export class RoutingQuery extends ConnectionInput {
  @InQuery('search', search, { description: 'Search term.' })
  readonly search?: string;

  @InQuery('client_id', count, { description: 'Only routing of the DIDs of this client.' })
  readonly client_id?: number;

  @InQuery('per_page', count, { description: 'Rows per page.' })
  readonly per_page?: number;

  @InQuery('page', count, { description: 'Page, from 1.' })
  readonly page?: number;
}

/**
 * The id of a handler, required when the field `mode` has this `value`: an update without it would leave the number without a
 * handler.
 */
const Handler = (
  field: string,
  mode: string,
  value: number,
  doc: { readonly description: string; readonly example: number },
): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({ ...doc, type: 'integer', minimum: 1, maximum: MAX_ID }),
    ValidateIf((input: Readonly<Record<string, unknown>>) => input[field] !== undefined || input[mode] === value),
    Rule('isHandler', count.isValid, `${sentenceOf(field, count)}; it is required when ${mode} is ${String(value)}.`),
  );

/** The handlers of both directions. */
export class RoutingHandlers extends ConnectionInput {
  @Handler('inbound_websocket_bot_id', 'for_inbound_call', BOT, {
    description: 'VoiceLink bot; required when for_inbound_call is 3.',
    example: 93,
  })
  readonly inbound_websocket_bot_id?: number;

  @Handler('inbound_sip_trunk_id', 'for_inbound_call', SIP, {
    description: 'VoiceLink SIP trunk; required when for_inbound_call is 2.',
    example: 31,
  })
  readonly inbound_sip_trunk_id?: number;

  @Handler('outbound_websocket_bot_id', 'for_outbound_call', BOT, {
    description: 'VoiceLink bot; required when for_outbound_call is 3.',
    example: 93,
  })
  readonly outbound_websocket_bot_id?: number;

  @Handler('outbound_sip_trunk_id', 'for_outbound_call', SIP, {
    description: 'VoiceLink SIP trunk; required when for_outbound_call is 2.',
    example: 31,
  })
  readonly outbound_sip_trunk_id?: number;
}

interface DidInput {
  readonly did_id?: unknown;
  readonly did_number?: unknown;
}

const isDidNumber = (value: unknown): boolean =>
  typeof value === 'string' && value.length <= MAX_SPELLED_NUMBER && canonicalKey(value) !== null;
const hasBoth = ({ did_id, did_number }: DidInput): boolean => did_id !== undefined && did_number !== undefined;
const hasNone = ({ did_id, did_number }: DidInput): boolean => did_id === undefined && did_number === undefined;

const EITHER = 'Give either did_id or did_number, and not both.';
const DID_ID = `${sentenceOf('did_id', count)}. ${EITHER}`;
const DID_NUMBER = `${mustBeNumber('did_number')} ${EITHER}`;

export class CreateRoutingBody extends RoutingHandlers {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MAX_ID,
    description: 'VoiceLink DID. Give either did_id or did_number.',
    example: 812,
  })
  @ValidateIf((input: DidInput) => input.did_id !== undefined || hasNone(input))
  @Rule('isDidId', count.isValid, DID_ID)
  @Rule('isOnlyDid', (_value, input) => !hasBoth(input as DidInput), EITHER)
  readonly did_id?: number;

  @ApiPropertyOptional({
    type: String,
    maxLength: MAX_SPELLED_NUMBER,
    description: 'The number, in any spelling. Give either did_id or did_number.',
    example: '918011223344',
  })
  @ValidateIf((input: DidInput) => input.did_number !== undefined)
  @Rule('isDidNumber', isDidNumber, DID_NUMBER)
  readonly did_number?: string;

  @Required('for_inbound_call', code(INBOUND), { description: INBOUND_DOC, example: 1 })
  readonly for_inbound_call!: number;

  @Required('for_outbound_call', code(OUTBOUND), { description: OUTBOUND_DOC, example: 3 })
  readonly for_outbound_call!: number;

  @Optional('status', code(ACTIVE), { description: '1 active, 0 inactive.', default: 1 })
  readonly status: number = 1;
}

export class UpdateRoutingBody extends RoutingHandlers {
  @Required('for_inbound_call', code(INBOUND), { description: INBOUND_DOC, example: 1 }, REPLACES)
  readonly for_inbound_call!: number;

  @Required('for_outbound_call', code(OUTBOUND), { description: OUTBOUND_DOC, example: 3 }, REPLACES)
  readonly for_outbound_call!: number;

  @Required('status', code(ACTIVE), { description: '1 active, 0 inactive.', example: 1 }, REPLACES)
  readonly status!: number;
}
