import type { Body, Operation, Schema, Slot } from './slots';
import type { Tenant } from './tenants';

export interface Request {
  readonly method: Operation['method'];
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>> | null;
}

/** Of routes that take a provider: with which one they are asked, and what it needs of them besides. */
export interface Scene {
  readonly provider: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

const NUMBER = '+917012345678';
/** Its answer has no end and no pages; its events are those of the list beside it. */
export const isStream = (path: string): boolean => path.endsWith('/stream');

/** A stream would go on for an hour. */
const STREAM_S = '1';
const VOICELINK: Scene = { provider: 'voicelink', fields: { username: 'demo-reseller', password: 'demo-password' } };
const SCENES: readonly Scene[] = [
  VOICELINK,
  { provider: 'vobiz', fields: { auth_id: 'MA1', auth_token: 'token', from_number: NUMBER } },
  {
    provider: 'exotel',
    fields: {
      account_sid: 'acme1',
      api_key: 'key',
      api_token: 'token',
      subdomain: 'api.exotel.com',
      applet_id: '1',
      caller_id: NUMBER,
    },
  },
  { provider: 'mcube', fields: { jwt_token: 'token', exe_number: NUMBER } },
  {
    provider: 'tata_smartflo',
    fields: { tata_email: 'a@b.example', tata_password: 'secret', agent_number: '1', from_number: NUMBER },
  },
];

const takesProvider = ({ parameters, body }: Operation): boolean =>
  'provider' in (body?.properties ?? {}) || parameters.some((one) => one.in === 'path' && one.name === 'provider');

/** All ways in which an operation is asked. */
export const scenesOf = (operation: Operation): readonly Scene[] => (takesProvider(operation) ? SCENES : [VOICELINK]);

/** Which record an `{id}` in a path is of, by the segment before it. */
const collectionOf = (path: string, name: string): string => {
  const before = path.slice(0, path.indexOf(`/{${name}}`));
  return before.slice(before.lastIndexOf('/') + 1);
};

/**
 * What a tenant of its own would write into an input. Null: there is nothing of its own to write; a UUID must always be
 * known, or nothing is proved about it.
 */
export const ownValue = (tenant: Tenant, slot: Slot, scene: Scene): string | number | null => {
  const { name, kind } = slot;
  switch (kind) {
    case 'upstream':
      return tenant.upstream[name] ?? null;
    case 'number':
      return tenant.numbers[name] ?? null;
    case 'opaque':
      return null;
    case 'uuid':
      return ownId(tenant, slot, scene);
  }
};

const ownId = (tenant: Tenant, { name, operation, place }: Slot, { provider }: Scene): string => {
  const known = name === 'id' && place === 'path' ? collectionOf(operation.path, name) : name;
  const value = tenant.ids[`${known} (${provider})`] ?? tenant.ids[known];
  if (value !== undefined) return value;
  throw new Error(
    `${operation.method} ${operation.path} takes a UUID called "${name}": say in tenants.ts what it is of ("${known}").`,
  );
};

/** Fills in the rest of a request around one input. */
class Filling {
  constructor(
    private readonly tenant: Tenant,
    private readonly question: { readonly slot: Slot; readonly slots: readonly Slot[]; readonly scene: Scene },
    private readonly value: string | number,
  ) {}

  isAsked(place: Slot['place'], name: string): boolean {
    const { slot } = this.question;
    return slot.place === place && slot.name === name && slot.within === null;
  }

  fill(place: Slot['place'], name: string, schema: Schema): unknown {
    const inner = this.question.slots.filter((one) => one.place === place && one.within === name);
    return inner.length > 0 ? [this.item(inner, schema)] : this.single(place, name, schema);
  }

  private single(place: Slot['place'], name: string, schema: Schema): unknown {
    const { slot, slots, scene } = this.question;
    if (this.isAsked(place, name)) return slot.isList ? [this.value] : this.value;
    const other = slots.find((one) => one.place === place && one.name === name && one.within === null);
    const own = other === undefined ? null : ownValue(this.tenant, other, scene);
    if (own !== null) return other?.isList === true ? [own] : own;
    if (name !== 'provider') return scene.fields[name] ?? sampleOf(schema);
    return place === 'path' ? scene.provider.replaceAll('_', '-') : scene.provider;
  }

  /** The one object of a list: as in the example, with what is the tenant's own, and with the input that is asked about. */
  private item(inner: readonly Slot[], { example }: Schema): Readonly<Record<string, unknown>> {
    const [shown = {}] = (example ?? []) as readonly Readonly<Record<string, unknown>>[];
    const { slot, scene } = this.question;
    const filled = inner.flatMap((one): readonly (readonly [string, unknown])[] => {
      if (one === slot) return [[one.name, this.value]];
      const own = one.name in shown ? ownValue(this.tenant, one, scene) : null;
      return own === null ? [] : [[one.name, own]];
    });
    return { ...shown, ...Object.fromEntries(filled) };
  }
}

/** A valid request of the tenant's, with `value` in the input that is asked about. */
export const requestFor = (
  tenant: Tenant,
  question: { readonly slot: Slot; readonly slots: readonly Slot[]; readonly scene: Scene },
  value: string | number,
): Request => {
  const { operation } = question.slot;
  const filling = new Filling(tenant, question, value);
  const sent = operation.parameters.filter((one) => one.required === true || filling.isAsked(one.in, one.name));
  const named = (place: 'path' | 'query' | 'header'): [string, string][] =>
    sent.filter((one) => one.in === place).map((one) => [one.name, String(filling.fill(place, one.name, one.schema))]);
  const path = named('path').reduce(
    (text, [name, filled]) => text.replace(`{${name}}`, encodeURIComponent(filled)),
    operation.path,
  );
  const query = new URLSearchParams([
    ...named('query'),
    ...(isStream(operation.path) ? [['timeout_seconds', STREAM_S] as [string, string]] : []),
  ]).toString();
  return {
    method: operation.method,
    url: query === '' ? path : `${path}?${query}`,
    headers: Object.fromEntries(named('header')),
    body: operation.body === null ? null : bodyFor(operation.body, question, filling),
  };
};

const bodyFor = (
  body: Body,
  { slot, slots, scene }: { readonly slot: Slot; readonly slots: readonly Slot[]; readonly scene: Scene },
  filling: Filling,
): Request['body'] => {
  const example = exampleFor(body, slot);
  const names = [
    ...fieldsOf(body, { slot, slots, example }),
    ...(takesProvider(slot.operation) ? ['provider', ...Object.keys(scene.fields)] : []),
  ].filter((name) => name in body.properties);
  return Object.fromEntries(
    [...new Set(names)].map((name) => {
      const schema = { ...body.properties[name], ...(name in example && { example: example[name] }) };
      return [name, filling.fill('body', name, schema)];
    }),
  );
};

/** One with the input that is asked about, whichever of its names that has; if there is one. */
const exampleFor = ({ examples }: Body, { name }: Slot): Readonly<Record<string, unknown>> => {
  const documented = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return examples.find((example) => documented in example) ?? examples[0] ?? {};
};

/** The fields of a valid body: of a union, the alternative that takes the input that is asked about. */
const fieldsOf = (
  { required }: Body,
  { slot, slots, example }: { readonly slot: Slot; readonly slots: readonly Slot[]; readonly example: object },
): readonly string[] => {
  const asked = slot.place === 'body' ? [slot.within ?? slot.name] : [];
  const chosen = required.find((set) => asked.some((name) => set.includes(name))) ?? required[0] ?? [];
  const alternatives = new Set(required.flat());
  // What the example names besides would contradict what is asked about, or is of another provider.
  const others = slots
    .filter((one) => one.place === 'body' && one.kind === 'uuid' && one.within === null)
    .map(({ name }) => name);
  const isLeftOut = (name: string): boolean => alternatives.has(name) || others.includes(name);
  const shown = takesProvider(slot.operation) ? [] : Object.keys(example).filter((name) => !isLeftOut(name));
  return [...shown, ...chosen, ...asked];
};

const SAMPLES: Readonly<Record<string, unknown>> = { integer: 1, number: 1, boolean: true, array: [], object: {} };

const sampleOf = ({ example, default: usual, enum: choices, minimum, type = '' }: Schema): unknown =>
  [example, usual, choices?.[0], minimum, SAMPLES[String(type)], 'text'].find((sample) => sample !== undefined);
