import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { STEP_KINDS, type StepKind } from '@dialtone/domain';
import { CHANGED_ROUTING } from '../readiness/example-number';
import { BotDto, RemoteDidDto, RoutingDto } from '../readiness/readiness.dto';
import { ClientDto, LiveDriftDto, LiveReadinessDto, LocalNumberDto, SyncWarningDto } from './rows.dto';

/** Everything that VoiceLink lists, the local rows, and what is wrong. */
export class SyncDto {
  @ApiProperty({ type: [ClientDto] })
  readonly clients!: readonly ClientDto[];

  @ApiProperty({ type: [RemoteDidDto], description: 'Purchased numbers.' })
  readonly dids!: readonly RemoteDidDto[];

  @ApiProperty({
    type: [RemoteDidDto],
    description: 'Purchased numbers that are not mapped to a client.',
    example: [],
  })
  readonly available_dids!: readonly RemoteDidDto[];

  @ApiProperty({ type: [BotDto] })
  readonly bots!: readonly BotDto[];

  @ApiProperty({ type: [RoutingDto], example: [CHANGED_ROUTING] })
  readonly routing!: readonly RoutingDto[];

  @ApiProperty({ type: [LocalNumberDto], description: 'After the import.' })
  readonly local_phone_numbers!: readonly LocalNumberDto[];

  @ApiProperty({
    type: [LiveReadinessDto],
    description: 'One row per number, ordered by key; the example leaves it out.',
    example: [],
  })
  readonly readiness!: readonly LiveReadinessDto[];

  @ApiProperty({ type: [LiveDriftDto], description: 'One row per number that is known not to be ready.' })
  readonly drift!: readonly LiveDriftDto[];

  @ApiProperty({
    type: [SyncWarningDto],
    description: 'Lists that could not be read whole; nothing is derived from what is missing in them.',
    example: [],
  })
  readonly warnings!: readonly SyncWarningDto[];
}

const STEP_STATUSES = ['done', 'already', 'skipped', 'failed'] as const;

export class CallReadyStepDto {
  @ApiProperty({ enum: [...STEP_KINDS], example: 'ensure_routing' })
  readonly step!: StepKind;

  @ApiProperty({
    enum: [...STEP_STATUSES],
    description:
      '`done` now; `already` so before; `skipped`: not wanted, or not reached; `failed`: the steps after it were not taken.',
    example: 'done',
  })
  readonly status!: (typeof STEP_STATUSES)[number];

  @ApiProperty({
    type: String,
    description: 'For people; of a failed step also what to do.',
    example: 'Updated routing for DID +918011223344 to outbound bot_id=93',
  })
  readonly detail!: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: 'The ids that belong to the step.',
    example: { routing_id: 120 },
  })
  readonly data?: Readonly<Record<string, number | string | null>>;
}

/** How far one call-ready request got. A failed step is an answer, not an error. */
export class CallReadyDto {
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Null when did_id could not be resolved.',
    example: '+918011223344',
  })
  readonly phone_number!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Digits-only join key.', example: '918011223344' })
  readonly key!: string | null;

  @ApiProperty({ type: Boolean, description: 'Calls can be placed with this number now.', example: true })
  readonly ready!: boolean;

  @ApiProperty({ type: [CallReadyStepDto], description: 'Always all six steps, in order.' })
  readonly steps!: readonly CallReadyStepDto[];

  @ApiProperty({
    type: LiveReadinessDto,
    nullable: true,
    description: 'Before anything was done; null when the number could not be resolved.',
  })
  readonly readiness_before!: LiveReadinessDto | null;

  @ApiProperty({
    type: LiveReadinessDto,
    nullable: true,
    description: 'After the last step; null for an unknown number.',
  })
  readonly readiness!: LiveReadinessDto | null;
}
