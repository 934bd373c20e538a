import {
  BINDING_MODES,
  ISSUES,
  READINESS_STATES,
  type BindingMode,
  type Issue,
  type ReadinessState,
} from '@dialtone/domain';
import { DECLARED_KINDS } from '../../bindings/declared-kinds';
import { AgentSelection } from '../../http/input/agent-selection';
import { ConnectionFilter } from '../../http/input/connection-selection';
import { InQuery, type Kind } from '../../http/input/field';
import { boolean, choice, integer, matching } from '../../http/input/kinds';
import { LabelSelection } from '../../http/input/label-selection';
import { Cursor, NUMBERS_LIMIT } from '../../http/input/paging';

const statesIn = (text: string): readonly ReadinessState[] | null => {
  const states = text.split(',').map((name) => READINESS_STATES.find((state) => state === name));
  return states.every((state) => state !== undefined) ? states : null;
};

/** One state in the document, where generated clients have a type for it; commas between several are taken as well. */
const STATES: Kind = {
  schema: { type: String, enum: [...READINESS_STATES] },
  mustBe: `one of ${READINESS_STATES.join(', ')}, or several of them with commas between`,
  isValid: (value) => typeof value === 'string' && statesIn(value) !== null,
};

/** What a list is asked for. */
export const stateSelector = ({
  state,
}: {
  readonly state?: string;
}): { readonly state?: readonly ReadinessState[] } => {
  const states = state === undefined ? null : statesIn(state);
  return states === null ? {} : { state: states };
};

const DIGITS = matching({ pattern: /^\d{1,20}$/, mustBe: '1 to 20 digits', minLength: 1, maxLength: 20 });

export const SORTS = ['key', 'since', 'state'] as const;
export const DIRECTIONS = ['asc', 'desc'] as const;

/** What both lists of numbers take. */
export class NumberQuery extends ConnectionFilter {
  @InQuery('state', STATES, {
    description: 'Only numbers in this readiness state, or in one of several (`NO_BOT,UNKNOWN`).',
    example: 'READY',
  })
  readonly state?: string;

  @InQuery('issue', choice(ISSUES), {
    description: 'Only numbers with this issue, whether it is their first one or not.',
    example: 'NO_BOT',
  })
  readonly issue?: Issue;

  @InQuery('q', DIGITS, { description: 'Only numbers with these digits in a row, anywhere.', example: '8011' })
  readonly q?: string;

  @InQuery('stale', boolean, { description: 'Only numbers whose verdict is stale, or is not.', example: true })
  readonly stale?: boolean;

  @AgentSelection()
  readonly agent_id?: string;

  @InQuery('mode', choice(BINDING_MODES), {
    description: 'Only numbers that are declared with this mode.',
    example: 'observe',
  })
  readonly mode?: BindingMode;

  @InQuery('manager', DECLARED_KINDS.manager, {
    description: 'Only numbers that this manager declares.',
    example: 'crm-export',
  })
  readonly manager?: string;

  @LabelSelection()
  readonly labels?: string;

  @InQuery('fields', choice(['compact']), {
    description: '`compact`: rows have only what a table shows, and a page up to 1,000 of them.',
    example: 'compact',
  })
  readonly fields?: 'compact';

  @InQuery('sort', choice(SORTS), {
    description: '`key` (default): by number; `since`: by when it came into its state; `state`: by name.',
    example: 'since',
  })
  readonly sort: (typeof SORTS)[number] = 'key';

  @InQuery('order', choice(DIRECTIONS), { description: '`asc` (default) or `desc`.', example: 'desc' })
  readonly order: (typeof DIRECTIONS)[number] = 'asc';

  @InQuery('limit', integer(NUMBERS_LIMIT), {
    description: 'Rows per page, more than 100 only with `fields=compact`.',
  })
  readonly limit: number = NUMBERS_LIMIT.default;

  @Cursor()
  readonly cursor?: string;
}

/** Filters, order and paging of the list of readiness. */
export class ReadinessQuery extends NumberQuery {
  @InQuery('declared', boolean, { description: 'Only numbers that are declared, or are not.', example: false })
  readonly declared?: boolean;
}
