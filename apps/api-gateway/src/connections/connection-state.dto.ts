import { ApiProperty } from '@nestjs/swagger';
import { SECTIONS, type Section } from '@dialtone/domain';
import type { BreakerState } from '@dialtone/engine';
import { SyncWarningDto } from '../provisioning/rows.dto';
import { UsedConnectionDto } from '../telephony/connection.dto';

const TIME = '2026-06-09T10:35:00.000Z';

const Time = (description: string, example: string | null = TIME): PropertyDecorator =>
  ApiProperty({ type: String, format: 'date-time', nullable: true, description, example });

class SweepStateDto {
  @ApiProperty({ type: Boolean, example: false })
  readonly running!: boolean;

  @Time('When the latest one began, running or not.')
  readonly started_at!: string | null;

  @Time('When the last one ended.')
  readonly ended_at!: string | null;

  @Time('When the last one began that read every list to its end.')
  readonly complete_at!: string | null;

  @ApiProperty({ type: String, format: 'date-time', example: TIME })
  readonly due_at!: string;
}

export const SECTION_STATES = ['complete', 'truncated', 'failed', 'unread'] as const;

class SectionStateDto {
  @ApiProperty({ enum: [...SECTIONS], example: 'bots' })
  readonly section!: Section;

  @ApiProperty({
    enum: [...SECTION_STATES],
    description: 'How far the last sweep read it; `warnings` say why not to its end. `unread`: there was no sweep yet.',
    example: 'complete',
  })
  readonly state!: (typeof SECTION_STATES)[number];

  @Time('Since when it lacks so much that absences are not believed; null: it does not.', null)
  readonly suspect_since!: string | null;
}

class WriteHoldDto {
  @ApiProperty({ type: String, example: '412 of 9000 numbers lost their routing within one sweep' })
  readonly reason!: string;

  @Time('Null: not known.')
  readonly since!: string | null;
}

export const BREAKER_STATES = ['closed', 'open', 'half_open'] as const satisfies readonly BreakerState[];

class BreakerDto {
  @ApiProperty({
    enum: [...BREAKER_STATES],
    description: '`open`: VoiceLink does not answer, and nothing is sent to it. `half_open`: one request finds out.',
    example: 'closed',
  })
  readonly state!: BreakerState;

  @Time('Until when it is open; null otherwise.', null)
  readonly open_until!: string | null;
}

/** Requests to VoiceLink with this login, which all connections and processes share. */
class BudgetDto {
  @ApiProperty({ type: 'number', description: 'What it gets back each second; 0: there is no limit.', example: 10 })
  readonly requests_per_second!: number;

  @ApiProperty({ type: 'integer', description: 'How many may be sent at once after a pause.', example: 20 })
  readonly burst!: number;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'How many may be sent at once now; null: any number, or the login cannot be read.',
    example: 20,
  })
  readonly available!: number | null;

  @Time('Until when VoiceLink asked to wait; null: it did not.', null)
  readonly blocked_until!: string | null;
}

class VoiceLinkStateDto {
  @ApiProperty({ type: SweepStateDto })
  readonly sweep!: SweepStateDto;

  @ApiProperty({ type: [SectionStateDto] })
  readonly sections!: readonly SectionStateDto[];

  @ApiProperty({ type: [SyncWarningDto], description: 'Of the last sweep that read any list.', example: [] })
  readonly warnings!: readonly SyncWarningDto[];

  @ApiProperty({ type: WriteHoldDto, nullable: true, description: 'Null: writes are not held.', example: null })
  readonly hold!: WriteHoldDto | null;

  @ApiProperty({ type: BreakerDto })
  readonly breaker!: BreakerDto;

  @ApiProperty({ type: BudgetDto })
  readonly budget!: BudgetDto;
}

/** A connection without its numbers. */
export class ConnectionStateDto extends UsedConnectionDto {
  @ApiProperty({ type: VoiceLinkStateDto, nullable: true, description: 'Null: another carrier, which has no sweeps.' })
  readonly voicelink!: VoiceLinkStateDto | null;
}

export class ConnectionStatesPageDto {
  @ApiProperty({ type: [ConnectionStateDto] })
  readonly connections!: readonly ConnectionStateDto[];

  @ApiProperty({ type: String, nullable: true, description: 'Give it as cursor to read on; null on the last page.' })
  readonly next_cursor!: string | null;
}
