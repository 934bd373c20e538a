import { ApiProperty } from '@nestjs/swagger';
import { nameKey } from '@dialtone/persistence';
import { Nullable, Required, Rule } from '../http/input/field';
import { choice, matching, text } from '../http/input/kinds';
import { LIST_LIMIT, LIST_OFFSET, ListLimit, ListOffset } from '../http/input/paging';

export const AGENT_TYPES = ['inbound', 'outbound'] as const;
type AgentType = (typeof AGENT_TYPES)[number];

const MAX_PROMPT = 120_000;
/** Text with line breaks; refuses only NUL and lone surrogates, which PostgreSQL cannot store. */
const PROMPT = matching({
  pattern: new RegExp(`^[^\\0\\p{Cs}]{0,${String(MAX_PROMPT)}}$`, 'u'),
  mustBe: `a text of at most ${String(MAX_PROMPT)} characters`,
  maxLength: MAX_PROMPT,
});

const MAX_NAME = 50;
/** The pattern already refuses blank names and long ones, of which a key would take milliseconds to make. */
const isVisible = (value: unknown): boolean =>
  typeof value !== 'string' || value.length > 2 * MAX_NAME || value.trim() === '' || nameKey(value) !== '';

export class CreateAgentBody {
  @Required('agent_name', text(MAX_NAME), {
    description:
      'Unique among the agents of the partner; names that differ only in letter case, blanks or invisible characters are the same.',
    example: 'Sales Agent',
  })
  @Rule('isVisible', isVisible, 'agent_name must have characters that can be seen.')
  readonly agent_name!: string;

  @Nullable('prompt', PROMPT, { description: 'Kept as it is; numbers and bindings do not need it.' })
  readonly prompt?: string | null;

  @Nullable('voice_id', text(200), { description: 'Kept as it is.' })
  readonly voice_id?: string | null;

  @Nullable('language', text(50), { description: 'Kept as it is.', example: 'en-IN' })
  readonly language?: string | null;

  @Nullable('agent_type', choice(AGENT_TYPES), { description: 'Kept as it is.', example: 'outbound' })
  readonly agent_type?: AgentType | null;

  @Nullable('project_id', text(200), { description: 'Kept as it is.' })
  readonly project_id?: string | null;
}

export class AgentsQuery {
  @ListLimit()
  readonly limit: number = LIST_LIMIT.default;

  @ListOffset()
  readonly offset: number = LIST_OFFSET.default;
}

export class ListedAgentDto {
  @ApiProperty({ type: String, format: 'uuid', example: 'f4df9f8c-df95-46d8-bb0e-6f9f83fd4f55' })
  readonly id!: string;

  @ApiProperty({ type: String, example: 'Sales Agent' })
  readonly agent_name!: string;

  @ApiProperty({ type: String, nullable: true, example: null })
  readonly voice_id!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'en-IN' })
  readonly language!: string | null;

  @ApiProperty({ enum: [...AGENT_TYPES], type: String, nullable: true, example: 'outbound' })
  readonly agent_type!: AgentType | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  readonly project_id!: string | null;

  @ApiProperty({ type: String, enum: ['active'], example: 'active' })
  readonly status!: 'active';

  @ApiProperty({ type: String, format: 'date-time', example: '2026-06-09T10:30:00.000Z' })
  readonly created_at!: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-06-09T10:30:00.000Z' })
  readonly updated_at!: string;
}

export class AgentDto extends ListedAgentDto {
  @ApiProperty({ type: String, nullable: true, example: 'You answer calls about orders.' })
  readonly prompt!: string | null;
}

export class AgentsListDto {
  @ApiProperty({ type: [ListedAgentDto], description: 'Without their prompts.' })
  readonly agents!: readonly ListedAgentDto[];

  @ApiProperty({ type: 'integer', description: 'How many there are in all.', example: 1 })
  readonly total!: number;

  @ApiProperty({ type: 'integer', example: 10 })
  readonly limit!: number;

  @ApiProperty({ type: 'integer', example: 0 })
  readonly offset!: number;
}

export class DeletedAgentDto {
  @ApiProperty({ type: String, format: 'uuid', example: 'f4df9f8c-df95-46d8-bb0e-6f9f83fd4f55' })
  readonly id!: string;

  @ApiProperty({ type: Boolean, enum: [true], example: true })
  readonly deleted!: true;
}
