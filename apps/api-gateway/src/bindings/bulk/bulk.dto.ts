import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { RELEASE_POLICIES, type ReleasePolicy } from '@dialtone/domain';
import { Nullable, Required } from '../../http/input/field';
import { ERROR_STATUS, type ErrorCode } from '../../http/errors/api-error';
import { ConnectionFilter } from '../../http/input/connection-selection';
import { DeclareBindingBody } from '../bindings.dto';
import { PLAN_HASH } from '../plan/plan-fields';
import { BATCH_KINDS, DELETE_KINDS, ITEM_KINDS, MAX_ITEMS, MAX_KEPT, PRUNE_PERCENT } from './bulk-kinds';

/** Says in the document that an item which is not as described has a result, and does not make the request wrong. */
const EACH_ANSWERED: object = { 'x-each-answered': true };

/** One of many: what the declaration of a single number takes, and the number. */
export class BatchItemBody extends DeclareBindingBody {
  @Required('number', ITEM_KINDS.number, { description: 'The number in any spelling.', example: '+918011223344' })
  readonly number!: string;
}

const ITEM = { number: '+918011223344', agent_id: 'f4df9f8c-df95-46d8-bb0e-6f9f83fd4f55', labels: { team: 'sales' } };

/** Fields exclude each other, so no example has all of them. */
export const BATCH_EXAMPLES = {
  declare: { items: [ITEM], manager: 'crm-export' },
  prune: { items: [ITEM], manager: 'crm-export', prune: true, keep: ['+918011223355'] },
};
/** A plan takes the same body. */
export const PLAN_EXAMPLES = { declare: { items: [ITEM], manager: 'crm-export' } };
export const DELETE_EXAMPLES = {
  numbers: { numbers: ['+918011223344'], manager: 'crm-export' },
  labels: {
    labels: 'team=sales,retired',
    manager: 'crm-export',
    connection_id: '9b7f1c44-c87f-4f0c-9124-3c802a9c1a20',
  },
};

/** Documents the body, whose items are checked one by one: each has a result of its own. */
export class BatchBody {
  @ApiProperty({
    type: [BatchItemBody],
    minItems: 1,
    maxItems: MAX_ITEMS,
    description: 'What to declare; each number once. An item that is not as described is refused by its own result.',
    ...EACH_ANSWERED,
  })
  readonly items!: readonly BatchItemBody[];

  @Nullable('atomic', BATCH_KINDS.atomic, {
    description: 'All or none: nothing is written when one item is refused. Without it each item counts for itself.',
    example: false,
  })
  readonly atomic?: boolean | null;

  @Nullable('dry_run', BATCH_KINDS.dry_run, { description: 'Only says what would become of each.', example: false })
  readonly dry_run?: boolean | null;

  @Nullable('manager', BATCH_KINDS.manager, {
    description: 'The source of all items; an item need not name it again, and cannot name another one.',
    example: 'crm-export',
  })
  readonly manager?: string | null;

  @Nullable('take_over', BATCH_KINDS.take_over, {
    description: 'Also numbers that other managers declare.',
    example: false,
  })
  readonly take_over?: boolean | null;

  @Nullable('prune', BATCH_KINDS.prune, {
    description:
      'Withdraws what `manager` declares and neither `items` nor `keep` name; never what another manager declares. At most a thousand in one request: `left` of the answer says how many are not withdrawn yet.',
    example: false,
  })
  readonly prune?: boolean | null;

  @ApiPropertyOptional({
    type: [String],
    nullable: true,
    maxItems: MAX_KEPT,
    description: 'Numbers that `prune` leaves alone because other requests of the same run declare them.',
    example: ['+918011223355'],
  })
  readonly keep?: readonly string[] | null;

  @Nullable('max_prune_percent', BATCH_KINDS.max_prune_percent, {
    description: `How much of what the manager declares may be withdrawn, rounded down, but one number at least; ${String(PRUNE_PERCENT)} unless given. More is refused as a whole with \`PRUNE_LIMIT_EXCEEDED\`.`,
    example: PRUNE_PERCENT,
  })
  readonly max_prune_percent?: number | null;

  @Nullable('force', BATCH_KINDS.force, { description: 'Withdraws any share.', example: false })
  readonly force?: boolean | null;

  @Nullable('plan', BATCH_KINDS.plan, {
    description:
      'Does only what was planned: the `hash` of a plan of the same request. When a declaration, an observation or the request is not as it was planned, nothing is written, and 409 `PLAN_STALE` names what has changed. All is written at once.',
    example: PLAN_HASH,
  })
  readonly plan?: string | null;
}

/** What to withdraw: by number, or by label. */
export class BulkDeleteBody extends ConnectionFilter {
  @ApiPropertyOptional({
    type: [String],
    nullable: true,
    minItems: 1,
    maxItems: MAX_ITEMS,
    description: 'Each number once; or `labels`, but not both.',
    example: ['+918011223344'],
    ...EACH_ANSWERED,
  })
  readonly numbers?: readonly string[] | null;

  @Nullable('labels', DELETE_KINDS.labels, {
    description:
      'A selector, as the lists take it. At most a thousand in one request: `left` of the answer says how many are not withdrawn yet. With `manager` only what this manager declares.',
    example: 'team=sales,retired',
  })
  readonly labels?: string | null;

  @Nullable('atomic', DELETE_KINDS.atomic, { description: 'All or none.', example: false })
  readonly atomic?: boolean | null;

  @Nullable('dry_run', DELETE_KINDS.dry_run, { description: 'Only says what would become of each.', example: false })
  readonly dry_run?: boolean | null;

  @Nullable('manager', DELETE_KINDS.manager, {
    description: 'In whose name; needed for numbers that have a manager.',
    example: 'crm-export',
  })
  readonly manager?: string | null;

  @Nullable('take_over', DELETE_KINDS.take_over, {
    description: 'Also numbers that other managers declare.',
    example: false,
  })
  readonly take_over?: boolean | null;

  @Nullable('release', DELETE_KINDS.release, {
    description: 'Instead of what each declares; `keep` also ends releases of named numbers that are on their way.',
    example: 'keep',
  })
  readonly release?: ReleasePolicy | null;
}

export const RESULTS = ['created', 'updated', 'unchanged', 'withdrawn', 'refused'] as const;
export type BulkOutcome = (typeof RESULTS)[number];

/** What became of one number; in a dry run, and where nothing was applied, what would. */
export class BulkResultDto {
  @ApiProperty({ type: 'integer', description: 'Its place in the request, from 0.', example: 0 })
  readonly index!: number;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Null: what is given is no number.',
    example: '918011223344',
  })
  readonly key!: string | null;

  @ApiProperty({ enum: [...RESULTS], example: 'created' })
  readonly result!: BulkOutcome;

  @ApiPropertyOptional({ type: 'integer', description: 'Of a declaration.', example: 1 })
  readonly generation?: number;

  @ApiPropertyOptional({
    enum: [...RELEASE_POLICIES],
    description: 'Of a withdrawal: what is done before the binding ends; left out when nothing is.',
    example: 'outbound_off',
  })
  readonly releasing?: ReleasePolicy;

  @ApiPropertyOptional({
    enum: Object.keys(ERROR_STATUS),
    description: 'Of a refusal: the code that a request for this number alone gets.',
    example: 'AGENT_NOT_FOUND',
  })
  readonly code?: ErrorCode;

  @ApiPropertyOptional({ type: String, description: 'Of a refusal: the field that is to blame.', example: 'agent_id' })
  readonly field?: string;

  @ApiPropertyOptional({
    type: String,
    description: 'Of a refusal: what is wrong and what to do.',
    example: 'This partner has no such agent: check agent_id.',
  })
  readonly reason?: string;
}

/** How many of each. */
export class BulkSummaryDto {
  @ApiProperty({ type: 'integer', example: 1 })
  readonly created!: number;

  @ApiProperty({ type: 'integer', example: 0 })
  readonly updated!: number;

  @ApiProperty({ type: 'integer', example: 0 })
  readonly unchanged!: number;

  @ApiProperty({ type: 'integer', example: 0 })
  readonly withdrawn!: number;

  @ApiProperty({ type: 'integer', example: 0 })
  readonly refused!: number;
}

const SHOWN = { index: 0, key: '918011223344', result: 'created', generation: 1 } as const;

export class BulkAnswerDto {
  @ApiProperty({
    type: Boolean,
    description: 'False: nothing was written, because of `dry_run`, or of a refusal under `atomic`.',
    example: true,
  })
  readonly applied!: boolean;

  @ApiProperty({ type: BulkSummaryDto })
  readonly summary!: BulkSummaryDto;

  @ApiProperty({ type: [BulkResultDto], description: 'One for each item, in their order.', example: [SHOWN] })
  readonly results!: readonly BulkResultDto[];

  @ApiProperty({ type: [BulkResultDto], description: 'What `prune` withdraws.', example: [] })
  readonly pruned!: readonly BulkResultDto[];

  @ApiProperty({ type: 'integer', description: 'Selected, but beyond what one request withdraws.', example: 0 })
  readonly left!: number;
}
