import { ApiProperty } from '@nestjs/swagger';
import { ISSUES, READINESS_STATES, type Issue, type ReadinessState } from '@dialtone/domain';
import { NOT_READY } from './example-number';

/** One remedy, for programs, as the documents of the public API show it. */
export class DocumentedActionDto {
  @ApiProperty({ enum: [...ISSUES], description: 'The issue that the step resolves.', example: NOT_READY.state })
  readonly code!: Issue;

  @ApiProperty({ type: String, example: NOT_READY.actions[0] })
  readonly label!: string;
}

/** The same in the answers of Dialtone's own endpoints. */
export class ActionItemDto extends DocumentedActionDto {
  @ApiProperty({
    type: String,
    format: 'uri-reference',
    description: 'The page about cause and remedy; resolve it against the address of this API.',
    example: '/docs/issues/ROUTING_CHANGED',
  })
  readonly url!: string;
}

/** The age of a stored verdict. */
export class AgeDto {
  @ApiProperty({
    type: Boolean,
    description:
      'The verdict is the last one that was certain, and is not confirmed any more: the last observation was not complete, there was none for two sweep intervals, or the connection is disconnected.',
    example: false,
  })
  readonly stale!: boolean;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When VoiceLink was looked at; null before the first complete observation.',
    example: '2026-06-09T10:35:00.000Z',
  })
  readonly observed_at!: string | null;

  @ApiProperty({ type: Number, nullable: true, description: 'Seconds since observed_at.', example: 42 })
  readonly age_seconds!: number | null;
}

const STATE_DOC = {
  enum: [...READINESS_STATES],
  description:
    'The first of the issues, or READY. REMOTE_DID_NEVER_SEEN of a declared number that VoiceLink has never listed: it has no issues. UNKNOWN before the first complete observation, and once the connection is disconnected.',
};

/** State and issues of one number. */
export class VerdictDto extends AgeDto {
  @ApiProperty({ ...STATE_DOC, example: NOT_READY.state })
  readonly state!: ReadinessState;

  @ApiProperty({
    enum: [...ISSUES],
    isArray: true,
    description: 'In order of precedence.',
    example: NOT_READY.issues,
  })
  readonly issues!: readonly Issue[];

  @ApiProperty({ type: [ActionItemDto], example: NOT_READY.items })
  readonly action_items!: readonly ActionItemDto[];
}
