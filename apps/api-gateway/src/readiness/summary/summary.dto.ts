import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ConnectionFilter } from '../../http/input/connection-selection';
import { AgentSelection } from '../../http/input/agent-selection';
import { LabelSelection } from '../../http/input/label-selection';

/** Which numbers are counted. */
export class SummaryQuery extends ConnectionFilter {
  @AgentSelection()
  readonly agent_id?: string;

  @LabelSelection()
  readonly labels?: string;
}

/** Every name of the enumeration, also with 0. */
type Counts = Readonly<Record<string, number>>;

const COUNTS = { type: 'object', additionalProperties: { type: 'integer' } } as const;

const Count = (description: string, example: number): PropertyDecorator =>
  ApiProperty({ type: 'integer', description, example });

export class NumberCountsDto {
  @Count('Known numbers, declared or not.', 5000)
  readonly numbers!: number;

  @Count('Those that a binding declares.', 4800)
  readonly declared!: number;

  @Count('Those whose verdict is stale.', 12)
  readonly stale!: number;

  @ApiProperty({ ...COUNTS, description: 'Every state, also with 0.', example: { READY: 5000 } })
  readonly by_state!: Counts;
}

class ConnectionCountsDto extends NumberCountsDto {
  @ApiProperty({ type: String, format: 'uuid', example: '9b7f1c44-c87f-4f0c-9124-3c802a9c1a20' })
  readonly connection_id!: string;
}

class LabelCountDto {
  @ApiProperty({ type: String, example: 'team' })
  readonly name!: string;

  @ApiProperty({ type: String, example: 'sales' })
  readonly value!: string;

  @Count('Declared numbers with this label.', 120)
  readonly count!: number;
}

/** How many numbers there are of what kind. */
export class SummaryDto extends NumberCountsDto {
  @ApiProperty({
    ...COUNTS,
    description: 'Every issue, also with 0; a number with two issues counts in both.',
    example: { NO_BOT: 0 },
  })
  readonly by_issue!: Counts;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Of the verdict that was confirmed longest ago; null when there is none.',
    example: '2026-06-09T10:35:00.000Z',
  })
  readonly oldest_observed_at!: string | null;

  @ApiProperty({ type: [ConnectionCountsDto], description: 'By id; a connection without such a number is left out.' })
  readonly connections!: readonly ConnectionCountsDto[];

  @ApiProperty({ type: [LabelCountDto], description: 'At most 100, the most frequent ones first.' })
  readonly labels!: readonly LabelCountDto[];

  @ApiPropertyOptional({ type: Boolean, enum: [true], description: 'Only there when there are more labels.' })
  readonly labels_truncated?: true;
}
