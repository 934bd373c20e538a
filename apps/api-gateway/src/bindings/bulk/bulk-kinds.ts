import type { Kind } from '../../http/input/field';
import { boolean, integer, matching, MAX_SPELLED_NUMBER, uuid } from '../../http/input/kinds';
import { SELECTOR_KIND } from '../../http/input/label-selection';
import type { FieldKinds } from '../../http/input/object-fault';
import { DECLARED_KINDS } from '../declared-kinds';
import { HASH_LENGTH } from '../plan/plan-hash';

export const MAX_ITEMS = 1_000;
/** Numbers that a manager names beside the items: what other requests of the same run declare. */
export const MAX_KEPT = 50_000;
/** Of what a manager declares, withdrawn by one request that does not say otherwise. */
export const PRUNE_PERCENT = 20;

const list = (of: string, min: number, max: number): Kind => ({
  schema: { type: 'array', minItems: min, maxItems: max },
  mustBe: `a list of ${String(min)} to ${String(max)} ${of}`,
  isValid: (value) => Array.isArray(value) && value.length >= min && value.length <= max,
});

export const NUMBER_KIND: Kind = {
  schema: { type: String, minLength: 1, maxLength: MAX_SPELLED_NUMBER },
  mustBe: 'a phone number in any spelling, written as a text',
  isValid: (value) => typeof value === 'string' && value.length <= MAX_SPELLED_NUMBER,
};

/** The hash of a plan. */
export const PLAN_KIND: Kind = matching({
  pattern: new RegExp(`^[0-9a-f]{${String(HASH_LENGTH)}}$`),
  mustBe: `the hash of a plan: ${String(HASH_LENGTH)} hexadecimal digits`,
  minLength: HASH_LENGTH,
  maxLength: HASH_LENGTH,
});

export const ITEM_KINDS = {
  ...DECLARED_KINDS,
  number: { ...NUMBER_KIND, required: true },
  agent_id: { ...DECLARED_KINDS.agent_id, required: true },
  connection_id: uuid(),
  connectionId: uuid(),
} as const satisfies FieldKinds;

export const BATCH_KINDS = {
  items: { ...list('declarations', 1, MAX_ITEMS), required: true },
  atomic: boolean,
  dry_run: boolean,
  manager: DECLARED_KINDS.manager,
  take_over: boolean,
  prune: boolean,
  keep: list('numbers', 0, MAX_KEPT),
  max_prune_percent: integer({ min: 0, max: 100 }),
  force: boolean,
  plan: PLAN_KIND,
} as const satisfies FieldKinds;

export const DELETE_KINDS = {
  numbers: list('numbers', 1, MAX_ITEMS),
  labels: SELECTOR_KIND,
  connection_id: uuid(),
  connectionId: uuid(),
  atomic: boolean,
  dry_run: boolean,
  manager: DECLARED_KINDS.manager,
  take_over: boolean,
  release: DECLARED_KINDS.release,
} as const satisfies FieldKinds;
