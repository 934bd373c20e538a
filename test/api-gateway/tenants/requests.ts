import type { Operation, Schema, Slot } from './slots';
import type { Tenant } from './tenants';

export interface Request {
  readonly method: Operation['method'];
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>> | null;
}

const VOICELINK = 'voicelink';

/** Which record an `{id}` in a path is of, by the segment before it. */
const collectionOf = (path: string, name: string): string => {
  const before = path.slice(0, path.indexOf(`/{${name}}`));
  return before.slice(before.lastIndexOf('/') + 1);
};

/**
 * What a tenant of its own would write into an input. Null: there is nothing of its own to write; a UUID must always be
 * known, or nothing is proved about it.
 */
export const ownValue = (tenant: Tenant, slot: Slot): string | number | null => {
  const { name, kind, operation, place } = slot;
  if (kind === 'upstream') return tenant.upstream[name] ?? null;
  if (kind === 'number') return tenant.numbers[name] ?? (name === 'key' ? tenant.key : null);
  if (kind !== 'uuid') return null;
  const known = name === 'id' && place === 'path' ? collectionOf(operation.path, name) : name;
  const value = tenant.ids[known];
  if (value === undefined) {
    throw new Error(
      `${operation.method} ${operation.path} takes a UUID called "${name}": say in tenants.ts what it is of ("${known}").`,
    );
  }
  return value;
};

/** A valid request of the tenant's, with `value` in one input. Undefined: that input is left as it would be anyway. */
export const requestFor = (
  tenant: Tenant,
  { operation, slots }: { readonly operation: Operation; readonly slots: readonly Slot[] },
  { slot, value }: { readonly slot: Slot; readonly value: string | number | undefined },
): Request => {
  const fill = (place: Slot['place'], name: string, schema: Schema): unknown => {
    if (slot.place === place && slot.name === name && value !== undefined) return slot.isList ? [value] : value;
    const other = slots.find((one) => one.place === place && one.name === name);
    const own = other === undefined ? null : ownValue(tenant, other);
    if (own !== null) return other?.isList === true ? [own] : own;
    return name === 'provider' ? VOICELINK : sampleOf(schema);
  };
  const isSent = (place: Slot['place'], name: string, required = false): boolean =>
    required || (slot.place === place && slot.name === name);
  const sent = operation.parameters.filter((one) => isSent(one.in, one.name, one.required));
  const named = (place: 'path' | 'query' | 'header'): [string, string][] =>
    sent.filter((one) => one.in === place).map((one) => [one.name, String(fill(place, one.name, one.schema))]);
  const path = named('path').reduce(
    (text, [name, text_]) => text.replace(`{${name}}`, encodeURIComponent(text_)),
    operation.path,
  );
  const query = new URLSearchParams(named('query')).toString();
  return {
    method: operation.method,
    url: query === '' ? path : `${path}?${query}`,
    headers: Object.fromEntries(named('header')),
    body: bodyFor(operation, slot, fill),
  };
};

type Fill = (place: 'body', name: string, schema: Schema) => unknown;

const bodyFor = ({ body }: Operation, slot: Slot, fill: Fill): Request['body'] => {
  if (body === null) return null;
  const isField = slot.place === 'body';
  // Of a union, the alternative that takes the input under test.
  const required = body.required.find((set) => isField && set.includes(slot.name)) ?? body.required[0] ?? [];
  const example = body.example ?? {};
  const alternatives = new Set(body.required.flat());
  const names = [
    ...Object.keys(example).filter((name) => required.includes(name) || !alternatives.has(name)),
    ...required,
    ...(isField ? [slot.name] : []),
    ...('provider' in body.properties ? ['provider'] : []),
  ];
  return Object.fromEntries(
    [...new Set(names)].map((name) => {
      const schema = body.properties[name] ?? {};
      const filled = fill('body', name, { ...schema, ...(name in example && { example: example[name] }) });
      return [name, filled];
    }),
  );
};

const SAMPLES: Readonly<Record<string, unknown>> = { integer: 1, number: 1, boolean: true, array: [], object: {} };

const sampleOf = (schema: Schema): unknown =>
  schema.example ?? schema.default ?? schema.enum?.[0] ?? schema.minimum ?? SAMPLES[schema.type ?? ''] ?? 'text';
