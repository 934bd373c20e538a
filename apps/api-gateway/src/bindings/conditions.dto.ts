import { ApiProperty } from '@nestjs/swagger';
import {
  CONDITION_REASONS,
  CONDITION_STATUSES,
  CONDITION_TYPES,
  type ConditionReason,
  type ConditionStatus,
  type ConditionType,
} from '@dialtone/engine';

const REASONS = [...new Set<ConditionReason>(Object.values(CONDITION_REASONS).flat())];

const REASONS_OF = CONDITION_TYPES.map(
  (type) => `${type}: ${CONDITION_REASONS[type].map((reason) => `\`${reason}\``).join(', ')}.`,
).join(' ');

/** One thing that is true or not about a declaration. */
export class ConditionDto {
  @ApiProperty({
    enum: [...CONDITION_TYPES],
    description:
      'Ready: what readiness says. Synced: the last reconcile left nothing to do. Progressing: Dialtone goes on by itself. Stalled: a person or a new declaration is needed. DataFresh: the verdict is confirmed. WritesAllowed: Dialtone may write to VoiceLink for it.',
    example: 'Ready',
  })
  readonly type!: ConditionType;

  @ApiProperty({ enum: [...CONDITION_STATUSES], example: 'True' })
  readonly status!: ConditionStatus;

  @ApiProperty({
    enum: REASONS,
    description: `Why it has this status. The lists are closed. ${REASONS_OF}`,
    example: 'READY',
  })
  readonly reason!: ConditionReason;

  @ApiProperty({
    type: String,
    description: 'For people; may be reworded at any time.',
    example: 'The number can take and place calls',
  })
  readonly message!: string;

  @ApiProperty({
    type: 'integer',
    description:
      'The generation that it speaks of: the one that was reconciled last; of WritesAllowed the present one, which counts at once.',
    example: 1,
  })
  readonly observed_generation!: number;

  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'Since when it has this status; another reason or message does not move it.',
    example: '2026-06-09T10:35:00.000Z',
  })
  readonly last_transition_time!: string;
}
