import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Risk } from '@dialtone/domain';
import type { Fields } from '../../http/errors/envelope';
import { BulkResultDto, BulkSummaryDto } from '../bulk/bulk.dto';
import { PlanStepDto } from './plan.dto';
import { CALLS, HASH, PLAN_HASH, RISK, SECONDS } from './plan-fields';

/** What becomes of one number, and what the reconciler does about it. A refused one has only its refusal. */
export class PlannedNumberDto extends BulkResultDto {
  @ApiPropertyOptional({ type: String, format: 'uuid', example: '9b7f1c44-c87f-4f0c-9124-3c802a9c1a20' })
  readonly connection_id?: string;

  @ApiPropertyOptional({
    type: 'integer',
    nullable: true,
    description: 'Of the declaration that stands; null: none.',
    example: null,
  })
  readonly current_generation?: number | null;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When the number was last looked at; null: never, so every step is blocked until it is.',
    example: '2026-06-09T10:35:00.000Z',
  })
  readonly observed_at?: string | null;

  @ApiPropertyOptional({ ...RISK, description: 'The highest of its steps.' })
  readonly risk?: Risk;

  @ApiPropertyOptional(CALLS)
  readonly calls?: number;

  @ApiPropertyOptional({ type: [PlanStepDto], description: 'Always all six steps, in order.' })
  readonly steps?: readonly PlanStepDto[];
}

/** What the numbers of one connection cost. */
export class ConnectionCostDto {
  @ApiProperty({ type: String, format: 'uuid', example: '9b7f1c44-c87f-4f0c-9124-3c802a9c1a20' })
  readonly connection_id!: string;

  @ApiProperty({ type: 'integer', example: 1 })
  readonly numbers!: number;

  @ApiProperty(CALLS)
  readonly calls!: number;

  @ApiProperty(SECONDS)
  readonly seconds_at_least!: number;
}

export class BatchPlanDto {
  @ApiProperty(HASH)
  readonly hash!: string;

  @ApiProperty({ type: BulkSummaryDto })
  readonly summary!: BulkSummaryDto;

  @ApiProperty({ ...RISK, description: 'The highest of all numbers.' })
  readonly risk!: Risk;

  @ApiProperty(CALLS)
  readonly calls!: number;

  @ApiProperty({ ...SECONDS, description: `${SECONDS.description} Accounts do not wait for each other.` })
  readonly seconds_at_least!: number;

  @ApiProperty({ type: [ConnectionCostDto] })
  readonly connections!: readonly ConnectionCostDto[];

  @ApiProperty({ type: [PlannedNumberDto], description: 'One for each item, in their order.' })
  readonly numbers!: readonly PlannedNumberDto[];

  @ApiProperty({
    type: [PlannedNumberDto],
    description:
      'What `prune` would withdraw; with a release that leaves something to do, its steps and what they cost.',
    example: [],
  })
  readonly pruned!: readonly PlannedNumberDto[];

  @ApiProperty({ type: 'integer', description: 'Selected, but beyond what one request withdraws.', example: 0 })
  readonly left!: number;
}

const COST = { calls: 0, seconds_at_least: 0 } as const;

/** The fields of a refusal and those of a plan exclude each other; the plan of one number shows the steps. */
export const BATCH_PLAN: Fields<BatchPlanDto> = {
  hash: PLAN_HASH,
  summary: { created: 0, updated: 0, unchanged: 0, withdrawn: 0, refused: 1 },
  risk: 'none',
  ...COST,
  connections: [],
  numbers: [
    {
      index: 0,
      key: '918011223344',
      result: 'refused',
      code: 'AGENT_NOT_FOUND',
      field: 'agent_id',
      reason: 'This partner has no such agent: check agent_id.',
    },
  ],
  pruned: [],
  left: 0,
};
