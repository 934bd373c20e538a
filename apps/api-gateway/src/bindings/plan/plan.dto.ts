import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { STEP_KINDS, type BlockReason, type FieldValue, type Risk, type StepKind } from '@dialtone/domain';
import type { Fields } from '../../http/errors/envelope';
import { NOT_READY, STEPS_ALREADY } from '../../readiness/example-number';
import { VerdictDto } from '../../readiness/verdict.dto';
import { CALLS, HASH, PLAN_HASH, RISK, SECONDS } from './plan-fields';

export const STEP_STATUSES = ['already', 'needed', 'blocked', 'skipped'] as const;
export type StepStatus = (typeof STEP_STATUSES)[number];

/** The list is complete by its type: a new reason does not compile until it is here. */
const BLOCK_REASONS: Readonly<Record<BlockReason, true>> = {
  did_not_found: true,
  did_expired: true,
  client_required: true,
  client_mismatch: true,
  observation_incomplete: true,
  blocked_by_earlier_step: true,
  mode_observe: true,
  mode_create_only: true,
  writes_held: true,
  paused: true,
  window_closed: true,
  contested: true,
  not_converging: true,
  agent_not_given: true,
};

type StepFields = Readonly<Record<string, FieldValue>>;

/** Values by the names that VoiceLink gives to the fields. */
const FIELDS = { type: 'object', additionalProperties: true } as const;

/** One step of the plan. */
export class PlanStepDto {
  @ApiProperty({ enum: [...STEP_KINDS], example: 'ensure_bot' })
  readonly step!: StepKind;

  @ApiProperty({
    enum: [...STEP_STATUSES],
    description:
      '`already`: nothing to do; `needed`: would be done; `blocked`: cannot be done; `skipped`: not done on purpose.',
    example: 'needed',
  })
  readonly status!: StepStatus;

  @ApiProperty({ type: String, example: 'Create active WebSocket bot "Vocobase +918011223344" for client 415' })
  readonly detail!: string;

  @ApiPropertyOptional({ enum: Object.keys(BLOCK_REASONS), description: 'Why it is blocked or skipped.' })
  readonly reason?: BlockReason;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: 'What a needed step would do, with the fields it would send.',
    example: {
      kind: 'ensure_bot',
      verb: 'create',
      client_id: 415,
      name: 'Vocobase +918011223344',
      websocket_url: 'wss://bots.example.com/ws',
    },
  })
  readonly action?: Readonly<Record<string, unknown>>;

  @ApiProperty({
    ...FIELDS,
    description: 'Every field of what the step is about, as it is; null: unset, or not said. Empty: not known.',
    example: { status: 0 },
  })
  readonly before!: StepFields;

  @ApiProperty({
    ...FIELDS,
    description: 'The same fields once the step is taken; of a step that is kept back, what it would do.',
    example: { status: 1 },
  })
  readonly after!: StepFields;

  @ApiPropertyOptional({
    type: [String],
    description: 'Fields that VoiceLink sets when an earlier step is taken; null in `after`.',
    example: ['outbound_websocket_bot_id'],
  })
  readonly known_after_apply?: readonly string[];

  @ApiProperty({ ...RISK, example: 'medium' })
  readonly risk!: Risk;

  @ApiPropertyOptional({
    type: String,
    description: 'What the risk consists in.',
    example: 'VoiceLink cannot delete a bot: a new one cannot be taken back',
  })
  readonly risk_detail?: string;

  @ApiProperty(CALLS)
  readonly calls!: number;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: 'The ids that were found.',
    example: { did_id: 812, client_id: 415 },
  })
  readonly data?: Readonly<Record<string, number | string | null>>;
}

const already = (step: keyof typeof STEPS_ALREADY): Fields<PlanStepDto> => ({
  step,
  status: 'already',
  ...STEPS_ALREADY[step],
  before: {},
  after: {},
  risk: 'none',
  calls: 0,
});

const PLANNED: readonly Fields<PlanStepDto>[] = [
  already('resolve_did'),
  already('import_did'),
  already('client_mapping'),
  already('ensure_bot'),
  {
    step: 'ensure_routing',
    status: 'needed',
    detail: 'Update routing for DID +918011223344 to outbound bot_id=93',
    action: { kind: 'ensure_routing', verb: 'update', routing_id: 120, bot_id: 93 },
    before: { for_outbound_call: 3, outbound_websocket_bot_id: 88 },
    after: { for_outbound_call: 3, outbound_websocket_bot_id: 93 },
    risk: 'low',
    calls: 1,
  },
  already('assign_agent'),
];

/** The steps that the reconciler would take now, from the stored observation; VoiceLink is not called. */
export class PlanDto extends VerdictDto {
  @ApiProperty({ type: String, example: '918011223344' })
  readonly key!: string;

  @ApiProperty({ type: String, example: '+918011223344' })
  readonly phone_number!: string;

  @ApiProperty({ type: 'integer', description: 'Generation of the declaration that was planned.', example: 1 })
  readonly generation!: number;

  @ApiProperty(HASH)
  readonly hash!: string;

  @ApiProperty({ ...RISK, description: 'The highest of the steps.' })
  readonly risk!: Risk;

  @ApiProperty(CALLS)
  readonly calls!: number;

  @ApiProperty(SECONDS)
  readonly seconds_at_least!: number;

  @ApiProperty({ type: [PlanStepDto], description: 'Always all six steps, in order.', example: PLANNED.slice(4, 5) })
  readonly steps!: readonly PlanStepDto[];
}

export const PLAN: Fields<PlanDto> = {
  key: '918011223344',
  phone_number: '+918011223344',
  generation: 1,
  hash: PLAN_HASH,
  risk: 'low',
  calls: 1,
  seconds_at_least: 0,
  steps: PLANNED,
  state: NOT_READY.state,
  issues: NOT_READY.issues,
  action_items: NOT_READY.items,
  stale: false,
  observed_at: '2026-06-09T10:35:00.000Z',
  age_seconds: 42,
};
