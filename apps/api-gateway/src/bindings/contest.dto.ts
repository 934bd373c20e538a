import { ApiProperty } from '@nestjs/swagger';
import { STEP_KINDS, type StepKind } from '@dialtone/domain';
import { CONTEST_KINDS, type Contest, type ContestKind } from '@dialtone/engine';

/** One value that Dialtone's last repair made and that is another one now. */
class UndoneFieldDto {
  @ApiProperty({ type: String, description: "VoiceLink's name.", example: 'outbound_websocket_bot_id' })
  readonly field!: string;

  @ApiProperty({ type: 'integer', nullable: true, example: 93 })
  readonly ours!: number | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Null: nothing is there.', example: 88 })
  readonly theirs!: number | null;
}

/** Why a number is not repaired for a while. */
export class ContestDto {
  @ApiProperty({
    enum: [...CONTEST_KINDS],
    description:
      '`contested`: others undid the same repair. `not_converging`: VoiceLink accepted it and never listed it.',
    example: 'contested',
  })
  readonly kind!: ContestKind;

  @ApiProperty({ enum: [...STEP_KINDS], example: 'ensure_routing' })
  readonly step!: StepKind;

  @ApiProperty({ type: [UndoneFieldDto] })
  readonly fields!: readonly UndoneFieldDto[];

  @ApiProperty({ type: [String], format: 'date-time', example: ['2026-06-09T10:35:00.000Z'] })
  readonly undone_at!: readonly string[];

  @ApiProperty({
    type: [String],
    description: 'API keys that changed the same record through Dialtone. Of other changes VoiceLink names no author.',
    example: [],
  })
  readonly by!: readonly string[];

  @ApiProperty({ type: String, format: 'date-time', example: '2026-06-09T10:35:00.000Z' })
  readonly since!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'When it is repaired again by itself.',
    example: '2026-06-09T11:35:00.000Z',
  })
  readonly resumes_at!: string;
}

const iso = (epochMs: number): string => new Date(epochMs).toISOString();

export const toContest = ({ kind, step, fields, undoneAt, by, since, until }: Contest): ContestDto => ({
  kind,
  step,
  fields,
  undone_at: undoneAt.map(iso),
  by,
  since: iso(since),
  resumes_at: iso(until),
});
