import { ApiProperty, ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import {
  BINDING_MODES,
  ISSUES,
  READINESS_STATES,
  type BindingMode,
  type Issue,
  type Labels,
  type ReadinessState,
} from '@dialtone/domain';
import { OUTCOMES, type BindingOutcome } from '../../bindings/outcomes';
import { NOT_READY } from '../example-number';

/** What a compact row tells of the declaration. */
export class NumberDeclarationDto {
  @ApiProperty({ type: String, format: 'uuid', example: 'f4df9f8c-df95-46d8-bb0e-6f9f83fd4f55' })
  readonly agent_id!: string;

  @ApiProperty({ enum: [...BINDING_MODES], example: 'enforce' })
  readonly mode!: BindingMode;

  @ApiProperty({ type: String, nullable: true, example: null })
  readonly manager!: string | null;

  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' }, example: {} })
  readonly labels!: Labels;

  @ApiProperty({ enum: [...OUTCOMES], example: 'settled' })
  readonly outcome!: BindingOutcome;
}

export const SINCE = {
  type: String,
  format: 'date-time',
  description: 'When it came into its state.',
  example: '2026-06-09T10:30:00.000Z',
} as const satisfies ApiPropertyOptions;

/** Of a page of numbers. */
export const Total = (): PropertyDecorator =>
  ApiProperty({ type: 'integer', description: 'Of all pages, a moment ago.', example: 1 });

/** One number in a list with `fields=compact`. */
export class NumberRowDto {
  @ApiProperty({ type: String, example: '918011223344' })
  readonly key!: string;

  @ApiProperty({ type: String, format: 'uuid', example: '9b7f1c44-c87f-4f0c-9124-3c802a9c1a20' })
  readonly connection_id!: string;

  @ApiProperty({ type: Boolean, example: true })
  readonly declared!: boolean;

  @ApiProperty({ enum: [...READINESS_STATES], example: NOT_READY.state })
  readonly state!: ReadinessState;

  @ApiProperty({ enum: [...ISSUES], isArray: true, example: NOT_READY.issues })
  readonly issues!: readonly Issue[];

  @ApiProperty({ type: Boolean, example: false })
  readonly stale!: boolean;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: '2026-06-09T10:35:00.000Z' })
  readonly observed_at!: string | null;

  @ApiProperty(SINCE)
  readonly since!: string;

  @ApiProperty({ type: NumberDeclarationDto, nullable: true })
  readonly declaration!: NumberDeclarationDto | null;
}

export const EMPTY_IF_COMPACT = 'Empty with `fields=compact`: then `numbers` has the rows.';

/** The compact rows of a page, beside an empty list of the others: a list has one type of rows in every client. */
export const CompactRows = (): PropertyDecorator =>
  ApiPropertyOptional({ type: [NumberRowDto], description: 'Only with `fields=compact`.' });
