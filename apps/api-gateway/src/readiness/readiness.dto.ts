import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ISSUES, READINESS_STATES, type Issue, type ReadinessState } from '@dialtone/domain';
import { InQuery } from '../http/input/field';
import { choice, integer } from '../http/input/kinds';
import { LabelSelection } from '../http/input/label-selection';
import { Cursor, PAGE_LIMIT } from '../http/input/paging';
import { ConnectionFilter } from '../http/input/connection-selection';
import { CHANGED_ROUTING, NOT_READY } from './example-number';
import { CompactRows, EMPTY_IF_COMPACT, type NumberRowDto, Total } from './numbers/number-row.dto';
import { ActionItemDto, AgeDto, VerdictDto } from './verdict.dto';

/** Filters and paging of the list of drifts. */
export class VerdictQuery extends ConnectionFilter {
  @InQuery('state', choice(READINESS_STATES), { description: 'Only this state.', example: NOT_READY.state })
  readonly state?: ReadinessState;

  @LabelSelection()
  readonly labels?: string;

  @InQuery('limit', integer(PAGE_LIMIT), { description: 'Rows per page.' })
  readonly limit: number = PAGE_LIMIT.default;

  @Cursor()
  readonly cursor?: string;
}

/** What VoiceLink lists about the number. */
export class RemoteDidDto {
  @ApiProperty({ type: 'integer', example: 812 })
  readonly id!: number;

  @ApiProperty({ type: 'integer', example: 812 })
  readonly did_id!: number;

  @ApiProperty({ type: String, description: 'Digits as VoiceLink registered them.', example: '918011223344' })
  readonly did_number!: string;

  @ApiProperty({ type: String, example: '+918011223344' })
  readonly phone_number!: string;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Null: not mapped to a client.', example: 415 })
  readonly client_id!: number | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The word or code that VoiceLink uses.',
    example: 'active',
  })
  readonly status!: string | null;

  @ApiProperty({
    type: Boolean,
    description: "VoiceLink's mark; where it gives none, whether the expiry date has passed.",
    example: false,
  })
  readonly is_expired!: boolean;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'The record as VoiceLink sent it.',
    example: {},
  })
  readonly raw!: Readonly<Record<string, unknown>>;
}

export class AgentRefDto {
  @ApiProperty({ type: String, format: 'uuid', example: 'f4df9f8c-df95-46d8-bb0e-6f9f83fd4f55' })
  readonly id!: string;

  @ApiProperty({ type: String, nullable: true, example: 'Sales Agent' })
  readonly name!: string | null;
}

/** The row of the local inventory. */
export class LocalPhoneNumberDto {
  @ApiProperty({ type: String, format: 'uuid', example: '0be141f3-f72c-4630-b3bc-a0a5f59bf970' })
  readonly id!: string;

  @ApiProperty({ type: String, example: '+918011223344' })
  readonly phone_number!: string;

  @ApiProperty({ type: AgentRefDto, nullable: true })
  readonly agent!: AgentRefDto | null;
}

export class RoutingDto {
  @ApiProperty({ type: 'integer', example: 120 })
  readonly id!: number;

  @ApiProperty({ type: String, example: '+918011223344' })
  readonly phone_number!: string;

  @ApiProperty({ type: 'integer', nullable: true, description: '1 mobile, 2 SIP, 3 WebSocket bot.', example: 1 })
  readonly for_inbound_call!: number | null;

  @ApiProperty({ type: 'integer', nullable: true, description: '2 SIP, 3 WebSocket bot, 4 only-answer.', example: 3 })
  readonly for_outbound_call!: number | null;

  @ApiProperty({ type: 'integer', nullable: true, example: 93 })
  readonly outbound_websocket_bot_id!: number | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'The record as VoiceLink sent it.',
    example: {},
  })
  readonly raw!: Readonly<Record<string, unknown>>;
}

export class BotDto {
  @ApiProperty({ type: 'integer', example: 93 })
  readonly id!: number;

  @ApiProperty({ type: String, nullable: true, example: 'Vocobase +918011223344' })
  readonly name!: string | null;

  @ApiProperty({ type: 'integer', enum: [0, 1], nullable: true, description: '1 active, 0 inactive.', example: 1 })
  readonly status!: 0 | 1 | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'The record as VoiceLink sent it.',
    example: {},
  })
  readonly raw!: Readonly<Record<string, unknown>>;
}

/** One number in the readiness list: the row of the documented sync answer, with its age. */
export class ReadinessRowDto extends VerdictDto {
  @ApiProperty({ type: String, description: 'Digits-only join key.', example: '918011223344' })
  readonly key!: string;

  @ApiProperty({ type: String, example: '+918011223344' })
  readonly phone_number!: string;

  @ApiProperty({ type: String, format: 'uuid', example: '9b7f1c44-c87f-4f0c-9124-3c802a9c1a20' })
  readonly connection_id!: string;

  @ApiProperty({ type: Boolean, description: 'A binding declares this number.', example: true })
  readonly declared!: boolean;

  @ApiProperty({ type: RemoteDidDto, nullable: true })
  readonly remote_did!: RemoteDidDto | null;

  @ApiProperty({ type: LocalPhoneNumberDto, nullable: true })
  readonly local_phone_number!: LocalPhoneNumberDto | null;

  @ApiProperty({ type: RoutingDto, nullable: true, example: CHANGED_ROUTING })
  readonly routing!: RoutingDto | null;

  @ApiProperty({
    type: BotDto,
    nullable: true,
    description: 'The bot that serves the number, or would serve it.',
  })
  readonly bot!: BotDto | null;

  @ApiProperty({
    type: [String],
    description: 'The labels of action_items.',
    example: NOT_READY.actions,
  })
  readonly actions!: readonly string[];
}

export class ReadinessPageDto {
  @ApiProperty({ type: [ReadinessRowDto], description: EMPTY_IF_COMPACT })
  readonly readiness!: readonly ReadinessRowDto[];

  @CompactRows()
  readonly numbers?: readonly NumberRowDto[];

  @Total()
  readonly total!: number;

  @ApiProperty({ type: String, nullable: true, description: 'Give it as cursor to read on; null on the last page.' })
  readonly next_cursor!: string | null;
}

/** One open drift: the row of the documented sync answer, with its age. Unknown ids are omitted. */
export class DriftRowDto extends AgeDto {
  @ApiProperty({ type: String, example: '918011223344' })
  readonly key!: string;

  @ApiProperty({ type: String, example: '+918011223344' })
  readonly phone_number!: string;

  @ApiProperty({ type: String, format: 'uuid', example: '9b7f1c44-c87f-4f0c-9124-3c802a9c1a20' })
  readonly connection_id!: string;

  @ApiProperty({ enum: [...READINESS_STATES], example: NOT_READY.state })
  readonly state!: ReadinessState;

  @ApiProperty({ enum: [...ISSUES], isArray: true, example: NOT_READY.issues })
  readonly issues!: readonly Issue[];

  @ApiPropertyOptional({
    type: String,
    description: 'What resolves the first issue.',
    example: NOT_READY.actions[0],
  })
  readonly action?: string;

  @ApiProperty({ type: [ActionItemDto], description: 'What resolves each issue.', example: NOT_READY.items })
  readonly action_items!: readonly ActionItemDto[];

  @ApiProperty({
    type: String,
    format: 'uuid',
    description: 'The same from detection to resolution.',
    example: '4f5c7a39-1f76-4d6c-9d1f-0d8f3b6f6a11',
  })
  readonly drift_id!: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-06-09T10:30:00.000Z' })
  readonly opened_at!: string;

  @ApiPropertyOptional({ type: 'integer', example: 812 })
  readonly did_id?: number;

  @ApiPropertyOptional({ type: 'integer', example: 415 })
  readonly client_id?: number;

  @ApiPropertyOptional({ type: 'integer', example: 120 })
  readonly routing_id?: number;

  @ApiPropertyOptional({ type: 'integer', example: 93 })
  readonly bot_id?: number;

  @ApiPropertyOptional({ type: String, format: 'uuid', example: '0be141f3-f72c-4630-b3bc-a0a5f59bf970' })
  readonly local_phone_number_id?: string;
}

export class DriftPageDto {
  @ApiProperty({ type: [DriftRowDto] })
  readonly drift!: readonly DriftRowDto[];

  @ApiProperty({ type: String, nullable: true, description: 'Give it as cursor to read on; null on the last page.' })
  readonly next_cursor!: string | null;
}
