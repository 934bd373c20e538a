import fc from 'fast-check';
import type { Operation } from './document';
import type { Caller } from './request';

/** A request before its body is written as text. */
export interface Draft {
  readonly operation: Operation;
  readonly caller: Caller;
  readonly path: Readonly<Record<string, string>>;
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined: none. */
  readonly body: unknown;
  /** Instead of the JSON of `body`. */
  readonly payload?: string;
  readonly contentType: string | null;
}

/** One thing done to a valid request; it may turn out valid again. */
export interface Mutation {
  readonly intent: string;
  readonly apply: (draft: Draft) => Draft;
}

/** Written into the JSON as it stands between the marks: numbers that JavaScript cannot hold. */
const RAW = /"@@([^"@]*)@@"/g;
export const writeJson = (value: unknown): string => JSON.stringify(value).replace(RAW, '$1');

const BODY_LIMIT = 70_000;
const LONG_PARAMETER = 1500;
const DEEP = 6000;

const PROTOTYPE_NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'];
const OTHER_NAMES = [
  '',
  ' ',
  'id',
  'partner_id',
  'password',
  'DROP TABLE',
  '$where',
  'a.b',
  'a[b]',
  '0',
  'ключ',
  '\u0000',
];
export const EXTRA_NAMES = [...PROTOTYPE_NAMES, ...OTHER_NAMES];

export const ODD_TEXTS = [
  '',
  ' ',
  '0',
  '-1',
  '1.5',
  '1e3',
  '0x10',
  '+5',
  ' 5',
  'null',
  'true',
  'NaN',
  'undefined',
  '[object Object]',
  '__proto__',
  'constructor',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\udfff\ud800',
  '\u202eabc',
  '\ufeff',
  '\u2028\u2029',
  'e\u0301',
  '٣٤٥',
  '👩‍👩‍👧‍👦',
  '\r\nX-Injected: 1',
  "' or 1=1 --",
  '<script>alert(1)</script>',
  '${7*7}{{7*7}}',
  '../../../etc/passwd',
  '%00',
  '%2e%2e%2f',
  'http://169.254.169.254/latest/meta-data',
  'javascript:alert(1)',
  'wss://user:pass@bots.example.com/ws',
  'wss://bots.example.com/"<>\\^`{|}',
  'wss://[::1',
  '9b7f1c44-c87f-4f0c-9124-3c802a9c1a2',
  '9b7f1c44c87f4f0c91243c802a9c1a20',
  'urn:uuid:9b7f1c44-c87f-4f0c-9124-3c802a9c1a20',
  '{9b7f1c44-c87f-4f0c-9124-3c802a9c1a20}',
  '00000000-0000-0000-0000-000000000000',
  '2026-02-30',
  '+0000000000',
  '99999999999999999999999999',
  'x'.repeat(300),
  '🦀'.repeat(120),
];

export const ODD_NUMBERS: readonly unknown[] = [
  0,
  -0,
  -1,
  1,
  2,
  3,
  4,
  5,
  0.5,
  1.5,
  -2147483649,
  2147483647,
  2147483648,
  4294967296,
  Number.MAX_SAFE_INTEGER,
  2 ** 53,
  1e21,
  1e308,
  5e-324,
  '@@1e400@@',
  '@@-1e400@@',
  '@@9007199254740993@@',
  '@@1.0@@',
  '@@1e2@@',
];

const oddText = fc.oneof(fc.constantFrom(...ODD_TEXTS), fc.string({ unit: 'binary', maxLength: 40 }));
const oddNumber = fc.constantFrom(...ODD_NUMBERS);
const junk: fc.Arbitrary<unknown> = fc.oneof(
  oddText,
  oddNumber,
  fc.constantFrom<unknown>(null, true, false, [], {}, [[]], { __proto__: null, a: 1 }, ['x'], [null], [1, 'a', {}]),
  fc.jsonValue({ maxDepth: 2 }),
);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every place inside a value, as the names and positions that lead there. */
const placesIn = (value: unknown, at: readonly string[] = []): readonly (readonly string[])[] => {
  if (!isObject(value) && !Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => [[...at, name], ...placesIn(inner, [...at, name])]);
};

/** A copy with one place changed; undefined takes it away. */
const withPlace = (value: unknown, [name, ...rest]: readonly string[], put: unknown): unknown => {
  if (name === undefined) return put;
  const inner = (value as Readonly<Record<string, unknown>>)[name];
  const changed = rest.length === 0 ? put : withPlace(inner, rest, put);
  if (Array.isArray(value)) return value.map((item: unknown, index) => (String(index) === name ? changed : item));
  const kept = Object.entries(value as object).filter(([key]) => key !== name);
  return Object.fromEntries(changed === undefined ? kept : [...kept, [name, changed]]);
};

const at = <T>(list: readonly T[], choice: number): T | undefined => list[choice % Math.max(1, list.length)];

const putSomewhere =
  (choice: number, put: unknown) =>
  (draft: Draft): Draft => {
    const documented = Object.keys(draft.operation.body?.schema.properties ?? {}).map((name) => [name]);
    const place = at([...placesIn(draft.body), ...documented], choice);
    return place === undefined ? draft : { ...draft, body: withPlace(draft.body, place, put) };
  };

const withPayload =
  (payload: string) =>
  (draft: Draft): Draft => ({ ...draft, payload });

const nested = (open: string, close: string): string => `${open.repeat(DEEP)}1${close.repeat(DEEP)}`;

const damaged = (text: string, choice: number): string =>
  at(
    [
      text.slice(0, -1),
      text.slice(0, Math.floor(text.length / 2)),
      `${text}${text}`,
      `${text},`,
      `\ufeff${text}`,
      text.replace(/"/g, "'"),
      text.replace(/:/, ''),
      text.replace(/\}$/, ',}'),
      text.replace(/:[^,}]*/, ':NaN'),
      text.replace(/:[^,}]*/, ':01'),
      text.replace(/:[^,}]*/, ':"\t"'),
      `/* c */${text}`,
      '',
      ' ',
      '{',
      'undefined',
      'a=1&b=2',
    ],
    choice,
  ) ?? text;

const JUNK_TYPES = [
  null,
  '',
  'text/plain',
  'text/json',
  'application/jsonx',
  'application/xml',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/octet-stream',
  'garbage',
  'application/json; charset=utf-16',
];

/** Big ones, rare for their price. */
const bulk: fc.Arbitrary<Mutation> = fc.constantFrom<Mutation>(
  { intent: 'body huge', apply: (d) => ({ ...d, body: withPlace(d.body ?? {}, ['name'], 'x'.repeat(BODY_LIMIT)) }) },
  { intent: 'body deep', apply: withPayload(nested('[', ']')) },
  { intent: 'body deep', apply: withPayload(nested('{"a":', '}')) },
);

const deepened: fc.Arbitrary<Mutation> = fc.tuple(fc.nat(), fc.boolean()).map(([n, list]) => ({
  intent: 'body deep inside',
  apply: (d) => {
    const { body } = putSomewhere(n, '@@deep@@')(d);
    const deep = list ? nested('[', ']') : nested('{"a":', '}');
    return { ...d, payload: writeJson(body ?? '@@deep@@').replace('deep', deep) };
  },
}));

const bodyMutations: readonly fc.WeightedArbitrary<Mutation>[] = [
  {
    weight: 24,
    arbitrary: fc.tuple(fc.nat(), junk).map(([n, put]) => ({ intent: 'body value', apply: putSomewhere(n, put) })),
  },
  {
    weight: 12,
    arbitrary: fc.tuple(fc.nat(), oddText).map(([n, put]) => ({ intent: 'body text', apply: putSomewhere(n, put) })),
  },
  {
    weight: 12,
    arbitrary: fc
      .tuple(fc.nat(), oddNumber)
      .map(([n, put]) => ({ intent: 'body number', apply: putSomewhere(n, put) })),
  },
  { weight: 8, arbitrary: fc.nat().map((n) => ({ intent: 'body without', apply: putSomewhere(n, undefined) })) },
  {
    weight: 12,
    arbitrary: fc.tuple(fc.oneof(fc.constantFrom(...EXTRA_NAMES), fc.string()), junk).map(([name, put]) => ({
      intent: 'body extra',
      apply: (d) => ({ ...d, body: withPlace(d.body ?? {}, [name], put) }),
    })),
  },
  { weight: 4, arbitrary: junk.map((body) => ({ intent: 'body whole', apply: (d) => ({ ...d, body }) })) },
  { weight: 4, arbitrary: fc.constant({ intent: 'body none', apply: (d: Draft) => ({ ...d, body: undefined }) }) },
  {
    weight: 8,
    arbitrary: fc.nat().map((n) => ({
      intent: 'body damaged',
      apply: (d) => ({ ...d, payload: damaged(writeJson(d.body ?? {}), n) }),
    })),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom(...JUNK_TYPES).map((contentType) => ({
      intent: 'content type',
      apply: (d) => ({ ...d, contentType, body: d.body ?? {} }),
    })),
  },
  { weight: 1, arbitrary: bulk },
  { weight: 1, arbitrary: deepened },
];

const names = (draft: Draft, place: 'path' | 'query' | 'header'): readonly string[] =>
  draft.operation.parameters.filter((parameter) => parameter.in === place).map(({ name }) => name);

/** Dots alone are taken out of a URL on its way, and nothing would ask for another route. */
export const inPath = (text: string): string => (/^(?:\.|%2e)*$/i.test(text) ? `x${text}` : text);

const withQuery =
  (choice: number, value: string, times: number) =>
  (draft: Draft): Draft => {
    const name = at(names(draft, 'query'), choice) ?? 'connection_id';
    const others = draft.query.filter(([sent]) => sent !== name);
    return { ...draft, query: [...others, ...Array.from({ length: times }, () => [name, value] as const)] };
  };

const callerOf = fc.constantFrom<Mutation>(
  { intent: 'no credentials', apply: (d) => ({ ...d, caller: 'nobody' }) },
  { intent: 'wrong credentials', apply: (d) => ({ ...d, caller: 'forger' }) },
);

const pathMutation: fc.Arbitrary<Mutation> = fc
  .tuple(
    fc.nat(),
    fc.oneof({ arbitrary: oddText, weight: 12 }, { arbitrary: fc.constant('9'.repeat(LONG_PARAMETER)), weight: 1 }),
  )
  .map(([n, text]) => ({
    intent: 'path',
    apply: (draft) => {
      const name = at(names(draft, 'path'), n);
      return name === undefined ? draft : { ...draft, path: { ...draft.path, [name]: inPath(text) } };
    },
  }));

const queryMutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(fc.nat(), oddText).map(([n, text]) => ({ intent: 'query', apply: withQuery(n, text, 1) })),
  fc.tuple(fc.nat(), oddText).map(([n, text]) => ({ intent: 'query twice', apply: withQuery(n, text, 2) })),
  fc.tuple(fc.oneof(fc.constantFrom(...EXTRA_NAMES), fc.string()), oddText).map(([name, text]) => ({
    intent: 'query extra',
    apply: (d: Draft) => ({ ...d, query: [...d.query, [name, text] as const] }),
  })),
);

/** What a header can carry: visible Latin-1 that does not begin or end with a space. */
export const inHeader = (text: string): string => text.replace(/[^\x21-\x7e\xa1-\xff]/g, '') || 'x';
const headerText = oddText.map((text) => inHeader(`x${text}`));

const headerMutation: fc.Arbitrary<Mutation> = fc.tuple(fc.nat(), headerText).map(([n, text]) => ({
  intent: 'header',
  apply: (draft) => {
    const name = at(names(draft, 'header'), n);
    return name === undefined ? draft : { ...draft, headers: { ...draft.headers, [name]: text } };
  },
}));

/** What can be done to requests of one operation. */
export const mutationsOf = ({ method, body, parameters, secured }: Operation): fc.Arbitrary<Mutation> => {
  const has = (place: string): boolean => parameters.some((parameter) => parameter.in === place);
  const strayBody: Mutation = { intent: 'stray body', apply: (d) => ({ ...d, body: { connection_id: 'x' } }) };
  return fc.oneof(
    { weight: 8, arbitrary: queryMutation },
    ...(secured ? [{ weight: 3, arbitrary: callerOf }] : []),
    ...(has('path') ? [{ weight: 16, arbitrary: pathMutation }] : []),
    ...(has('header') ? [{ weight: 3, arbitrary: headerMutation }] : []),
    ...(body === null && method !== 'get' ? [{ weight: 4, arbitrary: fc.constant(strayBody) }] : []),
    ...(body === null ? [] : bodyMutations),
  );
};
