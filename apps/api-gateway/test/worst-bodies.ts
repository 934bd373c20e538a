const times = (count: number, piece: (nth: number) => string): string =>
  Array.from({ length: count }, (_, nth) => piece(nth)).join(',');

/** A body of about so many bytes, around a filling of the rest. */
const around = (start: string, end: string, bytes: number, filling: (bytes: number) => string): string =>
  start + filling(bytes - start.length - end.length) + end;

const repeated = (piece: string) => (bytes: number) => piece.repeat(Math.floor(bytes / piece.length));

/** Texts that are long to read, to match or to copy. */
const TEXTS: Readonly<Record<string, string>> = {
  letters: 'x',
  blanks: ' ',
  'escaped characters': String.raw`\u0041`,
  'escaped quotes': String.raw`\"`,
  'halves of characters': String.raw`\ud83d`,
  emoji: '📞',
  dots: 'a.',
  ats: 'a@',
  digits: '9',
  slashes: 'wss://a/',
  'a poisoned name': String.raw`\u005f_proto__`,
};

/** What takes longest to read or to refuse in a body whose route knows `fields`, each of at most `bytes`. */
export const worstBodies = (fields: readonly string[], bytes: number): ReadonlyMap<string, string> => {
  const [first = 'a'] = fields;
  const bodies = new Map<string, string>([
    ['unknown fields', `{${times(Math.floor(bytes / 12), (nth) => `"u${String(nth)}":1`)}}`],
    ['one field many times', `{${times(Math.floor(bytes / (first.length + 5)), () => `"${first}":1`)}}`],
    ['as many unknown fields as are read', `{${times(250, (nth) => `"${'u'.repeat(200)}${String(nth)}":1`)}}`],
    ['nested lists', around(`{"${first}":`, '}', bytes, (left) => '['.repeat(left / 2) + ']'.repeat(left / 2))],
    ['nested objects', around(`{"${first}":`, '1}', bytes, repeated('{"a":'))],
    ['a list of numbers', around(`{"${first}":[1`, ']}', bytes, repeated(',1'))],
    ['a list of lists', around(`{"${first}":[1`, ']}', bytes, repeated(',[]'))],
    ['a list of objects', around(`{"${first}":[{}`, ']}', bytes, repeated(',{"a":1}'))],
    ['as long a list as is read', `{"${first}":[${times(1_900, () => '"+918011223344"')}]}`],
    ['a long name', around('{"', '":1}', bytes, repeated('u'))],
    ['a long number', around(`{"${first}":1`, '}', bytes, repeated('1'))],
    ['blanks', around('{', '}', bytes, repeated(' '))],
    ['no end', around(`{"${first}":"`, '', bytes, repeated('x'))],
    ['colons', repeated(':')(bytes)],
  ]);
  for (const [name, piece] of Object.entries(TEXTS)) {
    bodies.set(`a text of ${name}`, around(`{"${first}":"`, '"}', bytes, repeated(piece)));
    const each = Math.floor((bytes / Math.max(1, fields.length)) * 0.9) - 40;
    bodies.set(
      `all fields as texts of ${name}`,
      `{${fields.map((field) => `"${field}":"${repeated(piece)(each)}"`).join(',')}}`,
    );
  }
  return new Map([...bodies].map(([name, body]) => [name, trimmed(body, bytes)]));
};

/** Pieces of several bytes may make a body longer than is taken. */
const trimmed = (body: string, bytes: number): string =>
  Buffer.byteLength(body) <= bytes
    ? body
    : Buffer.from(body)
        .subarray(0, bytes)
        .toString()
        .replace(/\ufffd$/u, '');

/** What a schema says of one field, as far as it decides how long the field may be. */
export interface Extent {
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly additionalProperties?: unknown;
}

/** A text that may be so long is made so. */
const LONG_TEXT = 1_000;
/** A text that may be so long is what the body may be long for, and is added where an example leaves it out. */
const LONGEST_TEXT = 10_000;
/** Fewer names than a body may have. */
const OWN_NAMES = 200;

/** As often as it fits, with commas between. */
const listOf = (text: string, maxLength: number): string =>
  Array(Math.floor(maxLength / (text.length + 1)))
    .fill(text)
    .join(',');

/** Of texts with a form of their own: types of events, and labels that are selected by. */
const LONGEST: readonly (readonly [form: RegExp, longest: (text: string, maxLength: number) => string])[] = [
  [/^dialtone\.[a-z.]+\.v\d$/, listOf],
  // Of few conditions.
  [/^\w+=\w+$/, (text) => text],
];

/** `piece` is one character. Only letters may follow in a URL. */
const longText = (value: unknown, maxLength: number, piece: string): unknown => {
  if (maxLength < LONG_TEXT) return value;
  const [, ofForm] = LONGEST.find(([form]) => form.test(String(value))) ?? [];
  if (ofForm !== undefined) return ofForm(String(value), maxLength);
  const [scheme] = /^(?:wss?|https?):/.exec(String(value)) ?? [];
  return scheme === undefined ? piece.repeat(maxLength) : `${scheme}//a.example/`.padEnd(maxLength, 'a');
};

const longest = (value: unknown, extent: Extent, piece: string): unknown => {
  const { maxLength = 0, maxItems = 1, maxProperties, additionalProperties } = extent;
  if (Array.isArray(value)) {
    const isNumber = typeof value[0] === 'number';
    return Array.from({ length: maxItems }, (_, nth) => (isNumber ? nth + 1 : `+91801${String(1_000_000 + nth)}`));
  }
  if (typeof value !== 'object' || value === null) return longText(value, maxLength, piece);
  if (additionalProperties === undefined || maxProperties !== undefined) return value;
  return Object.fromEntries(Array.from({ length: OWN_NAMES }, (_, nth) => [`own_${String(nth)}`, piece.repeat(100)]));
};

/**
 * Bodies that a route takes, of `bytes` each: `example` with the fields that may be long at their longest, and blanks before them.
 * `fields` is what the schema says of each.
 */
export const longestTaken = (
  example: Readonly<Record<string, unknown>>,
  fields: Readonly<Record<string, Extent>>,
  bytes: number,
): ReadonlyMap<string, string> =>
  new Map(
    ['letters', 'blanks', 'emoji', 'escaped quotes', 'halves of characters'].map((name) => {
      const piece = { emoji: '📞', 'escaped quotes': '"', blanks: ' ', letters: 'x' }[name] ?? '\ud83d';
      const whole = Object.fromEntries([
        ...Object.entries(fields)
          .filter(([, { maxLength = 0 }]) => maxLength >= LONGEST_TEXT)
          .map(([field, extent]) => [field, longest('', extent, piece)] as const),
        ...Object.entries(example).map(
          ([field, value]) => [field, longest(value, fields[field] ?? {}, piece)] as const,
        ),
      ]);
      const body = JSON.stringify(whole);
      return [name, `{${' '.repeat(Math.max(0, bytes - Buffer.byteLength(body)))}${body.slice(1)}`];
    }),
  );
