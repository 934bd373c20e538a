import { definitionAt } from './definitions';
import type { JsonSchema, JsonType } from './schema';

/** What does not fit, and where: `data.action_items[0].code`. */
export interface Fault {
  readonly path: string;
  readonly reason: string;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:[.]\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/;
const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  uuid: (text) => UUID.test(text),
  'date-time': (text) => DATE_TIME.test(text) && !Number.isNaN(Date.parse(text)),
};

const MAX_SHOWN = 60;

const typeOf = (value: unknown): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
};

/** Short, in quotes: the value came from anywhere. */
const shown = (value: unknown): string => {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return typeOf(value);
  return JSON.stringify(value.length > MAX_SHOWN ? `${value.slice(0, MAX_SHOWN)}…` : value);
};

type Rule = (schema: JsonSchema, value: unknown) => string | null;
const ofText = (rule: (schema: JsonSchema, text: string) => string | null): Rule => {
  return (schema, value) => (typeof value === 'string' ? rule(schema, value) : null);
};
const ofList = (rule: (schema: JsonSchema, list: readonly unknown[]) => string | null): Rule => {
  return (schema, value) => (Array.isArray(value) ? rule(schema, value) : null);
};
const typesOf = ({ type }: JsonSchema): readonly JsonType[] => (typeof type === 'string' ? [type] : (type ?? []));
/** In characters: a pair of surrogates is one. */
const lengthOf = (text: string): number => Array.from(text).length;

/** The value of a rule is what it wants; null when that is there. The type comes first, since it decides about the others. */
const RULES: readonly Rule[] = [
  (schema, value) => {
    const types = typesOf(schema);
    return types.length === 0 || types.some((type) => type === typeOf(value)) ? null : types.join(' or ');
  },
  ({ const: only }, value) => (only === undefined || value === only ? null : JSON.stringify(only)),
  ({ enum: codes }, value) =>
    codes === undefined || codes.includes(value as string) ? null : `one of ${codes.join(', ')}`,
  ofText(({ format }, text) => (format === undefined || FORMATS[format]?.(text) !== false ? null : format)),
  ofText(({ pattern }, text) =>
    pattern === undefined || new RegExp(pattern, 'u').test(text) ? null : `a match of ${pattern}`,
  ),
  ofText(({ minLength = 0 }, text) =>
    lengthOf(text) >= minLength ? null : `at least ${String(minLength)} characters`,
  ),
  ofText(({ maxLength = Infinity }, text) =>
    text.length <= maxLength || lengthOf(text) <= maxLength ? null : `at most ${String(maxLength)} characters`,
  ),
  ({ minimum = -Infinity }, value) =>
    typeof value !== 'number' || value >= minimum ? null : `at least ${String(minimum)}`,
  ofList(({ maxItems = Infinity }, list) => (list.length <= maxItems ? null : `at most ${String(maxItems)} items`)),
  ofList(({ uniqueItems = false }, list) =>
    !uniqueItems || new Set(list).size === list.length ? null : 'items that differ',
  ),
];

const faultHere = (schema: JsonSchema, value: unknown, path: string): Fault | null => {
  for (const rule of RULES) {
    const wanted = rule(schema, value);
    if (wanted !== null) return { path, reason: `expected ${wanted}, got ${shown(value)}` };
  }
  return null;
};

const faultInFields = ({ properties = {}, required = [] }: JsonSchema, value: object, path: string): Fault | null => {
  for (const name of required) {
    if (!Object.hasOwn(value, name)) return { path: `${path}.${name}`, reason: 'is missing' };
  }
  for (const [name, property] of Object.entries(properties)) {
    if (!Object.hasOwn(value, name)) continue;
    const fault = faultIn(property, (value as Record<string, unknown>)[name], `${path}.${name}`);
    if (fault !== null) return fault;
  }
  return null;
};

const faultInItems = (items: JsonSchema, list: readonly unknown[], path: string): Fault | null => {
  for (const [at, item] of list.entries()) {
    const fault = faultIn(items, item, `${path}[${String(at)}]`);
    if (fault !== null) return fault;
  }
  return null;
};

/**
 * The first thing about a value of JSON that does not fit its schema; null when it fits. As deep as the schema, however deep the
 * value is. Unknown properties are no fault.
 */
export const faultIn = (schema: JsonSchema, value: unknown, path: string): Fault | null => {
  if (schema.$ref !== undefined) return faultIn(definitionAt(schema.$ref)[1], value, path);
  const fault = faultHere(schema, value, path);
  if (fault !== null) return fault;
  if (Array.isArray(value)) return schema.items === undefined ? null : faultInItems(schema.items, value, path);
  return typeof value === 'object' && value !== null ? faultInFields(schema, value, path) : null;
};
