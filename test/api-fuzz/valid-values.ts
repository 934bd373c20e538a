import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { resolved, withoutNull, type OpenApiDocument, type Schema } from './document';
import type { KnownValues } from './known-values';

const MAX_TEXT = 300;
const MAX_ITEMS = 4;
const EXAMPLE_SHARE = 15;

const iso = (): fc.Arbitrary<string> =>
  fc
    .date({ min: new Date('1990-01-01'), max: new Date('2090-12-31'), noInvalidDate: true })
    .map((date) => date.toISOString());

const FORMATS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  uuid: fc.uuid(),
  email: fc.emailAddress(),
  date: iso().map((text) => text.slice(0, 10)),
  'date-time': iso(),
  uri: fc.oneof(
    fc.webUrl({ validSchemes: ['wss'], withQueryParameters: true }),
    fc.webUrl({ validSchemes: ['https'] }),
    fc.constantFrom('wss://bots.example.com/ws', 'https://hooks.example.com/voicelink'),
  ),
};

/** Texts that fit a pattern, or null for one that cannot be generated from. */
const matching = (pattern: string): fc.Arbitrary<string> | null => {
  try {
    return fc.stringMatching(new RegExp(pattern, 'u'), { size: 'small' });
  } catch {
    return null;
  }
};

/** Texts whose lengths are the limits, and some in between. */
const textsOf = ({ minLength = 0, maxLength = MAX_TEXT }: Schema): fc.Arbitrary<string> => {
  const max = Math.min(maxLength, MAX_TEXT);
  const text = (from: number, to: number, unit: 'grapheme' | 'grapheme-ascii'): fc.Arbitrary<string> =>
    fc.string({ minLength: from, maxLength: to, unit });
  return fc.oneof(
    { arbitrary: text(minLength, Math.min(max, minLength + 20), 'grapheme-ascii'), weight: 5 },
    { arbitrary: text(minLength, Math.min(max, minLength + 20), 'grapheme'), weight: 2 },
    { arbitrary: text(minLength, minLength, 'grapheme-ascii'), weight: 1 },
    { arbitrary: fc.nat({ max: 9 }).map((digit) => String(digit).repeat(max)), weight: 1 },
  );
};

const numbersOf = ({ type, minimum, maximum }: Schema): fc.Arbitrary<number> => {
  const min = minimum ?? -1_000_000;
  const max = maximum ?? 1_000_000;
  const ends = fc.constantFrom(min, max, Math.min(max, min + 1), Math.max(min, max - 1));
  const whole = fc.maxSafeInteger().map((n) => min + (Math.abs(n) % Math.max(1, Math.min(max - min, 5000) + 1)));
  const inside =
    type === 'integer' ? whole : fc.oneof(whole, fc.double({ min, max, noNaN: true, noDefaultInfinity: true }));
  return fc.oneof({ arbitrary: inside, weight: 3 }, { arbitrary: ends, weight: 1 });
};

const leafOf = (schema: Schema): fc.Arbitrary<unknown> => {
  const { type, format = '', pattern } = schema;
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (type === 'boolean') return fc.boolean();
  if (type === 'integer' || type === 'number') return numbersOf(schema);
  if (type !== 'string') return fc.jsonValue({ maxDepth: 2 });
  const byPattern = pattern === undefined ? null : matching(pattern);
  return byPattern ?? FORMATS[format] ?? textsOf(schema);
};

/** Generates values that a schema allows: known ones, those of its examples, its limits, and random ones. */
export class ValidValues {
  private readonly ajv = addFormats(new Ajv2020({ strict: false }));
  private readonly made = new Map<string, fc.Arbitrary<unknown>>();

  constructor(
    private readonly document: OpenApiDocument,
    /** Called for every value, because the set of known values grows. */
    private readonly known: () => KnownValues,
    /** Of a hundred values so many are known ones, if there are. */
    private readonly knownShare = 60,
  ) {}

  /** `name` is what known values are looked up by. */
  of(schema: Schema, name: string): fc.Arbitrary<unknown> {
    const id = `${name} ${JSON.stringify(schema)}`;
    const made = this.made.get(id) ?? this.make(schema, name);
    this.made.set(id, made);
    return made;
  }

  /** The properties of an object, of all branches of a union. */
  propertiesOf(schema: Schema): Readonly<Record<string, Schema>> {
    const own = resolved(this.document, schema);
    const branches = (own.oneOf ?? own.anyOf ?? []).map((branch) => this.propertiesOf(branch));
    return Object.assign({}, own.properties, ...branches) as Record<string, Schema>;
  }

  /** What is shown in an example, or a known value in its place. */
  near(schema: Schema, name: string, shown: unknown): fc.Arbitrary<unknown> {
    const allows = this.ajv.compile(this.whole(schema));
    return fc.nat({ max: 9999 }).map((at) => {
      const known = this.known().pick(name, at);
      return known !== undefined && allowed(allows, known) ? known : shown;
    });
  }

  /** Can be compiled on its own. */
  private whole(schema: Schema): object {
    return { ...schema, components: this.document.components };
  }

  private make(given: Schema, name: string): fc.Arbitrary<unknown> {
    const { schema, nullable } = withoutNull(this.document, given);
    const union = schema.oneOf ?? schema.anyOf;
    const value = union === undefined ? this.plain(schema, name) : this.union(schema, union, name);
    return nullable ? fc.option(value, { nil: null, freq: 8 }) : value;
  }

  /** Each branch beside the properties that all of them share, without those that only others ask for. */
  private union(shared: Schema, branches: readonly Schema[], name: string): fc.Arbitrary<unknown> {
    return fc.oneof(
      ...branches.map((branch) => {
        const own = resolved(this.document, branch);
        const foreign = branches.flatMap((other) => resolved(this.document, other).required ?? []);
        const required = [...(shared.required ?? []), ...(own.required ?? [])];
        const properties = Object.entries({ ...shared.properties, ...own.properties });
        const allowed = properties.filter(([field]) => required.includes(field) || !foreign.includes(field));
        return this.plain({ ...shared, ...own, properties: Object.fromEntries(allowed), required }, name);
      }),
    );
  }

  private plain(schema: Schema, name: string): fc.Arbitrary<unknown> {
    if (schema.properties !== undefined) return this.object(schema);
    if (schema.type === 'array' && schema.items !== undefined) return this.array(schema, schema.items, name);
    return this.leaf(schema, name);
  }

  private object({ properties = {}, required = [] }: Schema): fc.Arbitrary<unknown> {
    const names = Object.keys(properties);
    const fields = Object.fromEntries(
      Object.entries(properties).map(([name, schema]) => [name, this.of(schema, name)] as const),
    );
    const always = fc.record(fields, { requiredKeys: names.filter((name) => required.includes(name)) });
    // With many optional fields the chance that few of them are there is small otherwise.
    const isUsual = (name: string): boolean => required.includes(name) || properties[name]?.deprecated !== true;
    const few = fc
      .tuple(always, fc.infiniteStream(fc.boolean()))
      .map(([all, coins]) =>
        Object.fromEntries(
          Object.entries(all).filter(
            ([name]) => required.includes(name) || (coins.next().value === true && isUsual(name)),
          ),
        ),
      );
    return fc.oneof({ arbitrary: always, weight: 1 }, { arbitrary: few, weight: 3 });
  }

  private array({ minItems = 0, maxItems = MAX_ITEMS, uniqueItems }: Schema, items: Schema, name: string) {
    const item = this.of(items, name.replace(/s$/, ''));
    const size = { minLength: minItems, maxLength: Math.max(minItems, Math.min(maxItems, MAX_ITEMS)) };
    return uniqueItems === true ? fc.uniqueArray(item, size) : fc.array(item, size);
  }

  private leaf(schema: Schema, name: string): fc.Arbitrary<unknown> {
    const allows = this.ajv.compile(schema);
    const choice = fc.record({ from: fc.nat({ max: 99 }), at: fc.nat({ max: 9999 }), random: leafOf(schema) });
    return choice.map(({ from, at, random }) => {
      const known = this.known().pick(name, at);
      const { knownShare } = this;
      const order =
        from < knownShare
          ? [known, random, schema.example]
          : from < knownShare + EXAMPLE_SHARE
            ? [schema.example, random]
            : [random];
      return order.find((value) => value !== undefined && allowed(allows, value)) ?? schema.example ?? random;
    });
  }
}

const allowed = (validate: ValidateFunction, value: unknown): boolean => validate(value);
