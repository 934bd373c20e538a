import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ISSUES, READINESS_STATES, SECTIONS, type Issue, type ReadinessState, type Section } from '@dialtone/domain';
import { AgentRefDto, BotDto, RemoteDidDto, RoutingDto } from '../readiness/readiness.dto';
import { DocumentedActionDto } from '../readiness/verdict.dto';
import { CHANGED_ROUTING, NOT_READY } from '../readiness/example-number';

const STALE = {
  type: Boolean,
  enum: [true],
  description:
    'There only when the lists that could be read leave the verdict open: it is the last one that was certain. `GET /readiness` tells its age.',
  example: true,
};

const RAW = {
  type: 'object',
  additionalProperties: true,
  description: 'The record as VoiceLink sent it, without secrets.',
  example: {},
} as const;

/** A client of the VoiceLink account. Null: VoiceLink does not tell. */
export class ClientDto {
  @ApiProperty({ type: 'integer', example: 415 })
  readonly id!: number;

  @ApiProperty({ type: String, nullable: true, example: 'Asha' })
  readonly first_name!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'Rao' })
  readonly last_name!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'asha.rao' })
  readonly username!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'asha@example.com' })
  readonly email!: string | null;

  @ApiProperty({ type: 'integer', enum: [0, 1], nullable: true, description: '1 active, 0 inactive.', example: 1 })
  readonly status!: 0 | 1 | null;

  @ApiProperty({ type: 'integer', nullable: true, example: 5 })
  readonly channel_count!: number | null;

  @ApiProperty(RAW)
  readonly raw!: Readonly<Record<string, unknown>>;
}

/** The whole row of the local inventory. */
export class LocalNumberDto {
  @ApiProperty({ type: String, format: 'uuid', example: '0be141f3-f72c-4630-b3bc-a0a5f59bf970' })
  readonly id!: string;

  @ApiProperty({ type: String, example: '+918011223344' })
  readonly phone_number!: string;

  @ApiProperty({ type: String, nullable: true, example: '918011223344' })
  readonly friendly_name!: string | null;

  @ApiProperty({ enum: ['ACTIVE', 'INACTIVE'], example: 'ACTIVE' })
  readonly status!: 'ACTIVE' | 'INACTIVE';

  @ApiProperty({ type: Boolean, example: false })
  readonly is_default!: boolean;

  @ApiProperty({ type: Boolean, example: true })
  readonly inbound_enabled!: boolean;

  @ApiProperty({ type: AgentRefDto, nullable: true })
  readonly agent!: AgentRefDto | null;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-06-09T10:30:00.000Z' })
  readonly created_at!: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-06-09T10:35:00.000Z' })
  readonly updated_at!: string;
}

/** One number with its verdict and the rows behind it. */
export class LiveReadinessDto {
  @ApiProperty({ type: String, description: 'Digits-only join key.', example: '918011223344' })
  readonly key!: string;

  @ApiProperty({ type: String, example: '+918011223344' })
  readonly phone_number!: string;

  @ApiProperty({
    enum: [...READINESS_STATES],
    description:
      'The first of the issues, or READY. REMOTE_DID_NEVER_SEEN of a declared number that VoiceLink has never listed. UNKNOWN where a list that could not be read leaves it open.',
    example: NOT_READY.state,
  })
  readonly state!: ReadinessState;

  @ApiProperty({
    enum: [...ISSUES],
    isArray: true,
    description: 'In order of precedence.',
    example: NOT_READY.issues,
  })
  readonly issues!: readonly Issue[];

  @ApiProperty({ type: RemoteDidDto, nullable: true })
  readonly remote_did!: RemoteDidDto | null;

  @ApiProperty({ type: LocalNumberDto, nullable: true })
  readonly local_phone_number!: LocalNumberDto | null;

  @ApiProperty({ type: RoutingDto, nullable: true, example: CHANGED_ROUTING })
  readonly routing!: RoutingDto | null;

  @ApiProperty({ type: BotDto, nullable: true, description: 'The bot that serves the number, or would serve it.' })
  readonly bot!: BotDto | null;

  @ApiProperty({
    type: [String],
    description: 'The labels of action_items.',
    example: NOT_READY.actions,
  })
  readonly actions!: readonly string[];

  @ApiProperty({ type: [DocumentedActionDto], example: NOT_READY.documentedItems })
  readonly action_items!: readonly DocumentedActionDto[];

  @ApiPropertyOptional(STALE)
  readonly stale?: true;
}

/** One number that is not ready. Unknown ids are omitted. */
export class LiveDriftDto {
  @ApiProperty({ type: String, example: '918011223344' })
  readonly key!: string;

  @ApiProperty({ type: String, example: '+918011223344' })
  readonly phone_number!: string;

  @ApiProperty({ enum: [...ISSUES], example: NOT_READY.state })
  readonly state!: Issue;

  @ApiProperty({
    type: String,
    description: 'What resolves the first issue.',
    example: NOT_READY.actions[0],
  })
  readonly action!: string;

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

  @ApiPropertyOptional(STALE)
  readonly stale?: true;
}

export class SyncWarningDto {
  @ApiProperty({ enum: [...SECTIONS], example: 'bots' })
  readonly section!: Section;

  @ApiProperty({
    enum: ['FETCH_FAILED', 'TRUNCATED'],
    description: '`FETCH_FAILED`: nothing of it could be read. `TRUNCATED`: it may lack rows.',
    example: 'FETCH_FAILED',
  })
  readonly code!: 'FETCH_FAILED' | 'TRUNCATED';

  @ApiProperty({ type: String, example: 'GET /v1/websocket-bot/list: HTTP 502: the answer is not JSON' })
  readonly message!: string;
}
