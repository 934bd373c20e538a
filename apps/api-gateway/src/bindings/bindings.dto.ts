import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { BINDING_MODES, RELEASE_POLICIES, type BindingMode, type Labels, type ReleasePolicy } from '@dialtone/domain';
import { CONDITION_TYPES } from '@dialtone/engine';
import type { Fields } from '../http/errors/envelope';
import { ConnectionFilter, ConnectionInput } from '../http/input/connection-selection';
import { Repeated } from '../http/input/accepted-inputs';
import { InQuery, Nullable, Required } from '../http/input/field';
import { choice, integer, text } from '../http/input/kinds';
import { ContestDto } from './contest.dto';
import { ConditionDto } from './conditions.dto';
import { READY_CONDITIONS } from './condition-examples';
import { WAIT_RESULTS, WAIT_SECONDS, type WaitResult } from './wait-terms';
import { AdvisoryDto } from '../readiness/advisory.dto';
import { AgentRefDto } from '../readiness/readiness.dto';
import { NumberQuery } from '../readiness/numbers/number-query.dto';
import { CompactRows, EMPTY_IF_COMPACT, type NumberRowDto, Total } from '../readiness/numbers/number-row.dto';
import { VerdictDto } from '../readiness/verdict.dto';
import { DECLARED_KINDS, LABELS_SCHEMA } from './declared-kinds';
import { OUTCOMES, type BindingOutcome } from './outcomes';

class DeclaredAgentDto extends AgentRefDto {
  @ApiProperty({ type: Boolean, description: 'The agent no longer exists: declare another one.', example: false })
  readonly deleted!: boolean;
}

/** What a partner declares: this number belongs to that agent. Null is the same as omission. */
@Repeated()
export class DeclareBindingBody extends ConnectionInput {
  @Required('agent_id', DECLARED_KINDS.agent_id, {
    description: 'The agent that answers and places calls on this number.',
    example: 'f4df9f8c-df95-46d8-bb0e-6f9f83fd4f55',
  })
  readonly agent_id!: string;

  @Nullable('client_id', DECLARED_KINDS.client_id, {
    description:
      'Maps the number to this VoiceLink client, only while it is unmapped. A mapped number is never re-mapped. Refused with `VALIDATION_ERROR` when VoiceLink is known to list no such client on this connection.',
    example: 415,
  })
  readonly client_id?: number | null;

  @Nullable('bot_name', DECLARED_KINDS.bot_name, {
    description: 'Name of the bot, used only when one must be created.',
    example: 'Vocobase +918011223344',
  })
  readonly bot_name?: string | null;

  @Nullable('websocket_url', DECLARED_KINDS.websocket_url, {
    description: 'Where the bot points to, used only when one must be created; the configured endpoint when omitted.',
    example: 'wss://bots.example.com/ws',
  })
  readonly websocket_url?: string | null;

  @Nullable('mode', DECLARED_KINDS.mode, {
    description: '`enforce` (default) repairs what it may; `observe` only reports.',
    example: 'enforce',
  })
  readonly mode?: BindingMode | null;

  @Nullable('release', DECLARED_KINDS.release, {
    description:
      'What a withdrawal does: `keep` (default) undoes nothing, `unassign_agent` leaves the number in the inventory without its agent, `outbound_off` makes VoiceLink place no calls from it (only-answer). Until that is done the binding stays, with `releasing`.',
    example: 'keep',
  })
  readonly release?: ReleasePolicy | null;

  @Nullable('labels', DECLARED_KINDS.labels, {
    description: 'What lists are filtered by: up to 16 names with values, as Kubernetes takes them.',
    example: { team: 'sales', region: 'north' },
  })
  readonly labels?: Labels | null;

  @Nullable('manager', DECLARED_KINDS.manager, {
    description:
      'The source that declares the number. From then on only requests that name it change or withdraw the declaration; others get `MANAGER_CONFLICT`.',
    example: 'crm-export',
  })
  readonly manager?: string | null;

  @Nullable('take_over', DECLARED_KINDS.take_over, {
    description: 'Also when another manager declares the number: it then belongs to `manager`, or to none.',
    example: false,
  })
  readonly take_over?: boolean | null;
}

/** Filters, order and paging of the list of bindings. */
export class BindingsQuery extends NumberQuery {}

/** Reading one, or waiting for it. */
export class BindingQuery extends ConnectionFilter {
  @InQuery('wait', choice(['ready']), {
    description:
      '`ready`: answers once the number is READY by the present declaration and by confirmed data, at once when only a person or a new declaration could make it so, and otherwise after `timeout_seconds`. `wait_result` says which.',
    example: 'ready',
  })
  readonly wait?: 'ready';

  @InQuery('timeout_seconds', integer(WAIT_SECONDS), { description: 'How long to wait, with `wait`.' })
  readonly timeout_seconds: number = WAIT_SECONDS.default;
}

/** How the last reconcile went. */
export class BindingStatusDto {
  @ApiProperty({
    enum: [...OUTCOMES],
    description:
      '`pending` before the first reconcile; `settled`: nothing left to do; `progressing`: a known wait; `retry`: failed, tried again; `stalled`: needs a person or a new declaration.',
    example: 'settled',
  })
  readonly outcome!: BindingOutcome;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'What the reconciler waits for, what failed, or what to do.',
    example: null,
  })
  readonly message!: string | null;

  @ApiProperty({ type: 'integer', description: 'Attempts since it was last settled.', example: 0 })
  readonly attempts!: number;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: '2026-06-09T10:35:00.000Z' })
  readonly last_reconciled_at!: string | null;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-06-09T10:45:00.000Z' })
  readonly next_reconcile_at!: string;

  @ApiProperty({ type: ContestDto, nullable: true, description: 'Null: no contest stands.', example: null })
  readonly contest!: ContestDto | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The `token` of the last request to reconcile now that has been worked on.',
    example: null,
  })
  readonly last_handled_reconcile_token!: string | null;

  @ApiProperty({
    type: [ConditionDto],
    minItems: CONDITION_TYPES.length,
    maxItems: CONDITION_TYPES.length,
    description:
      'What is true of the declaration, one of each type, always in this order. They say the same as `readiness`, `outcome`, mode and hold, each with the time since when.',
    example: READY_CONDITIONS,
  })
  readonly conditions!: readonly ConditionDto[];
}

export class BindingReadinessDto extends VerdictDto {
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The open drift, if any.', example: null })
  readonly drift_id!: string | null;
}

const READY_NOW = {
  state: 'READY',
  issues: [],
  action_items: [],
  stale: false,
  observed_at: '2026-06-09T10:35:00.000Z',
  age_seconds: 42,
  drift_id: null,
} as const satisfies Fields<BindingReadinessDto>;

/** A declaration with its status and the last observation. */
export class BindingDto {
  @ApiProperty({ type: String, description: 'Digits-only form of the number.', example: '918011223344' })
  readonly key!: string;

  @ApiProperty({ type: String, example: '+918011223344' })
  readonly phone_number!: string;

  @ApiProperty({ type: String, format: 'uuid', example: '9b7f1c44-c87f-4f0c-9124-3c802a9c1a20' })
  readonly connection_id!: string;

  @ApiProperty({ type: DeclaredAgentDto })
  readonly agent!: DeclaredAgentDto;

  @ApiProperty({ type: 'integer', nullable: true, example: 415 })
  readonly client_id!: number | null;

  @ApiProperty({ type: String, nullable: true, example: 'Vocobase +918011223344' })
  readonly bot_name!: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  readonly websocket_url!: string | null;

  @ApiProperty({ enum: [...BINDING_MODES], example: 'enforce' })
  readonly mode!: BindingMode;

  @ApiProperty({ enum: [...RELEASE_POLICIES], example: 'keep' })
  readonly release!: ReleasePolicy;

  @ApiProperty({
    enum: [...RELEASE_POLICIES],
    nullable: true,
    description:
      'It is withdrawn, and stays until this is done; the status says what it waits for. Declaring the number again ends that. Null: it is declared.',
    example: null,
  })
  readonly releasing!: ReleasePolicy | null;

  @ApiProperty({ ...LABELS_SCHEMA, example: { team: 'sales', region: 'north' } })
  readonly labels!: Labels;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The source that declares the number; null: none.',
    example: 'crm-export',
  })
  readonly manager!: string | null;

  @ApiProperty({
    type: 'integer',
    description: 'Increases by one with every change of the declaration; the ETag.',
    example: 1,
  })
  readonly generation!: number;

  @ApiProperty({
    type: 'integer',
    description: 'The generation that was reconciled last; 0 before the first.',
    example: 1,
  })
  readonly observed_generation!: number;

  @ApiPropertyOptional({
    enum: [...WAIT_RESULTS],
    description: 'Only with `wait`: how the wait ended. `impossible`: the conditions say why. `timed_out`: not yet.',
    example: 'ready',
  })
  readonly wait_result?: WaitResult;

  @ApiProperty({ type: BindingStatusDto })
  readonly status!: BindingStatusDto;

  @ApiProperty({ type: BindingReadinessDto, example: READY_NOW })
  readonly readiness!: BindingReadinessDto;

  @ApiProperty({
    type: [AdvisoryDto],
    description:
      'What differs from the declaration although it is no issue; READY or not. Nothing is said of what cannot be told.',
    example: [],
  })
  readonly advisories!: readonly AdvisoryDto[];

  @ApiProperty({ type: String, format: 'date-time', example: '2026-06-09T10:30:00.000Z' })
  readonly created_at!: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-06-09T10:30:00.000Z' })
  readonly updated_at!: string;
}

export class BindingsPageDto {
  @ApiProperty({ type: [BindingDto], description: EMPTY_IF_COMPACT })
  readonly bindings!: readonly BindingDto[];

  @CompactRows()
  readonly numbers?: readonly NumberRowDto[];

  @Total()
  readonly total!: number;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Pass it as `cursor` to get the next page; null on the last page.',
  })
  readonly next_cursor!: string | null;
}

/** Asking for a reconcile now. */
export class ReconcileBody extends ConnectionFilter {
  @Nullable('token', text(100), {
    description: 'The status shows it as `last_handled_reconcile_token` once this request has been worked on.',
    example: 'deploy-42',
  })
  readonly token?: string | null;
}

export class ReconcileRequestedDto {
  @ApiProperty({ type: String, example: '918011223344' })
  readonly key!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'When it becomes due.',
    example: '2026-06-09T10:35:00.000Z',
  })
  readonly due_at!: string;
}
