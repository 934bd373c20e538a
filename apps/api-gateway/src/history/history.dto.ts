import { ApiProperty } from '@nestjs/swagger';
import { EXPLANATION_TOPICS, HISTORY_KINDS, type ExplanationTopic, type HistoryKind } from '@dialtone/engine';
import { ConnectionFilter } from '../http/input/connection-selection';
import { InQuery } from '../http/input/field';
import { choice, dateTime, integer, text } from '../http/input/kinds';
import { Cursor, PAGE_LIMIT } from '../http/input/paging';

const MAX_ACTOR = 100;

/** Which entries. */
export class HistoryQuery extends ConnectionFilter {
  @InQuery('kind', choice(HISTORY_KINDS), { description: 'Only entries of this kind.' })
  readonly kind?: HistoryKind;

  @InQuery('actor', text(MAX_ACTOR), {
    description: 'Only what this actor did: the id of an API key, `reconciler` or `admin`.',
  })
  readonly actor?: string;

  @InQuery('from', dateTime, { description: 'Only entries from this time on.' })
  readonly from?: string;

  @InQuery('to', dateTime, { description: 'Only entries before this time.' })
  readonly to?: string;

  @InQuery('limit', integer(PAGE_LIMIT), { description: 'Entries per page.' })
  readonly limit: number = PAGE_LIMIT.default;

  @Cursor()
  readonly cursor?: string;
}

const FACTS = { type: 'object', nullable: true, additionalProperties: true } as const;

export class WriteOutcomeDto {
  @ApiProperty({
    type: String,
    description:
      '`done`, `failed`, `unknown` (no answer), and of an unknown one what a later list showed: `applied`, `not_applied`.',
    example: 'done',
  })
  readonly outcome!: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-06-09T10:35:00.000Z' })
  readonly at!: string;
}

/** One change. Entries are never changed; the outcomes of a write are added. */
export class HistoryEntryDto {
  @ApiProperty({ type: String, example: '41' })
  readonly id!: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-06-09T10:35:00.000Z' })
  readonly at!: string;

  @ApiProperty({ enum: [...HISTORY_KINDS], example: 'plan_changed' })
  readonly kind!: HistoryKind;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Null: of the whole partner.' })
  readonly connection_id!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Null: of no single number.', example: '918011223344' })
  readonly key!: string | null;

  @ApiProperty({ type: String, description: 'The id of an API key, `reconciler` or `admin`.', example: 'reconciler' })
  readonly actor!: string;

  @ApiProperty({ type: String, nullable: true, description: 'In whose name a declaration was changed.', example: null })
  readonly manager!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Of the API request that led to it.', example: null })
  readonly request_id!: string | null;

  @ApiProperty({
    ...FACTS,
    description: 'What was there; null: nothing, or it is not known.',
    example: { outcome: 'pending', message: null },
  })
  readonly before!: Readonly<Record<string, unknown>> | null;

  @ApiProperty({
    ...FACTS,
    description: 'What is there since; null: nothing.',
    example: { outcome: 'settled', message: null },
  })
  readonly after!: Readonly<Record<string, unknown>> | null;

  @ApiProperty({
    type: [WriteOutcomeDto],
    description: 'Of a write to VoiceLink, in order; empty while it is open.',
    example: [],
  })
  readonly outcomes!: readonly WriteOutcomeDto[];

  @ApiProperty({ ...FACTS, description: 'What VoiceLink answered to a write.', example: null })
  readonly answer!: Readonly<Record<string, unknown>> | null;
}

export class HistoryPageDto {
  @ApiProperty({ type: [HistoryEntryDto], description: 'The newest first.' })
  readonly entries!: readonly HistoryEntryDto[];

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Pass it as `cursor` to get the next page; null on the last page.',
  })
  readonly next_cursor!: string | null;
}

export class StatementDto {
  @ApiProperty({
    enum: [...EXPLANATION_TOPICS],
    example: 'state',
  })
  readonly topic!: ExplanationTopic;

  @ApiProperty({
    type: String,
    description: 'For people; may be reworded at any time.',
    example: 'It can take and place calls.',
  })
  readonly text!: string;

  @ApiProperty({
    type: [String],
    description: 'Where to read the entries of the history that it rests on.',
    example: [],
  })
  readonly entries!: readonly string[];
}

export class ExplanationDto {
  @ApiProperty({ type: String, example: '918011223344' })
  readonly key!: string;

  @ApiProperty({ type: [StatementDto], description: 'In the order in which they are read.' })
  readonly statements!: readonly StatementDto[];
}
