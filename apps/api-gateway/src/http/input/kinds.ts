import { CURSOR_RULE } from '../errors/api-error';
import type { Kind } from './field';
import { isWebSocketUrl, WEBSOCKET_URL_PATTERN } from './websocket-url';

export const MAX_ID = Number.MAX_SAFE_INTEGER;
/** With any punctuation. */
export const MAX_SPELLED_NUMBER = 40;

interface Range {
  readonly min: number;
  readonly max: number;
  readonly default?: number;
}

const JSON_NUMBER = 'written as a JSON number';
const NUMBER_NOTATION = { json: JSON_NUMBER, query: 'written in decimal digits' } as const;

/** Signs, fractions, exponents and spaces are no part of an integer in a query. */
const DECIMAL = /^(?:0|[1-9]\d{0,15})$/;
const integerFrom = (text: string): number | undefined => (DECIMAL.test(text) ? Number(text) : undefined);

const integerWithin = ({ min, max }: Range) => ({
  notation: NUMBER_NOTATION,
  isValid: (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max,
  fromQuery: integerFrom,
});

/** A JSON number in a body: a JSON string with digits is refused. Decimal digits in a query. */
export const integer = (range: Range): Kind => ({
  ...integerWithin(range),
  schema: {
    type: 'integer',
    minimum: range.min,
    maximum: range.max,
    ...(range.default !== undefined && { default: range.default }),
  },
  mustBe: `an integer from ${String(range.min)} to ${String(range.max)}`,
});

const COUNTS: Range = { min: 1, max: MAX_ID };

/** An id or a count, from 1. */
export const count: Kind = { ...integer(COUNTS), mustBe: 'an integer of at least 1' };

/** A finite number, with or without a fraction. */
export const number = (min: number | null): Kind => ({
  schema: { type: 'number', ...(min !== null && { minimum: min }) },
  mustBe: min === null ? 'a number' : `a number of at least ${String(min)}`,
  notation: NUMBER_NOTATION,
  isValid: (value) => Number.isFinite(value) && (min === null || Number(value) >= min),
});

/** One of VoiceLink's numeric codes. */
export const code = (codes: readonly number[]): Kind => ({
  schema: { type: 'integer', enum: [...codes] },
  mustBe: `one of ${codes.join(', ')}`,
  notation: { json: JSON_NUMBER },
  isValid: (value) => codes.some((one) => one === value),
  fromQuery: (text) => codes.find((one) => String(one) === text),
});

export const choice = (choices: readonly string[]): Kind => ({
  schema: { type: String, enum: [...choices] },
  mustBe: `one of ${choices.join(', ')}`,
  isValid: (value) => choices.some((one) => one === value),
});

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?(?:Z|[+-]\d{2}:\d{2})$/;

export const dateTime: Kind = {
  schema: { type: String, format: 'date-time' },
  mustBe: 'a time with its zone, for example 2026-06-09T10:35:00Z',
  isValid: (value) => typeof value === 'string' && INSTANT.test(value) && Number.isFinite(Date.parse(value)),
};

export const boolean: Kind = {
  schema: { type: Boolean },
  mustBe: 'true or false',
  notation: { json: 'written as a JSON boolean' },
  isValid: (value) => typeof value === 'boolean',
  fromQuery: (text) => (text === 'true' || text === 'false' ? text === 'true' : undefined),
};

export const jsonObject: Kind = {
  schema: { type: 'object', additionalProperties: true },
  mustBe: 'a JSON object',
  isValid: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};

export interface TextRule {
  readonly pattern: RegExp;
  readonly mustBe: string;
  readonly maxLength: number;
  readonly minLength?: number;
  readonly format?: 'password' | 'uri';
  readonly writeOnly?: true;
}

/** A text that the pattern describes, its length included. */
export const matching = ({ pattern, mustBe, ...schema }: TextRule): Kind => ({
  schema: { type: String, pattern: pattern.source, ...schema },
  mustBe,
  isValid: (value) => typeof value === 'string' && pattern.test(value),
});

/**
 * Controls, half characters, line separators, and marks that turn the direction of what follows: with U+202E in it, a name
 * shows another text than it holds, and so does the page around it. Joiners are part of Indian scripts and stay.
 */
const UNPRINTABLE = String.raw`\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069`;

/** The rule of `text`, to build on. */
export const printable = (max: number): TextRule => ({
  // Characters are counted as the document counts them: an emoji is one.
  pattern: new RegExp(`^(?=[\\s\\S]*\\S)[^${UNPRINTABLE}]{1,${String(max)}}$`, 'u'),
  mustBe: `a text of 1 to ${String(max)} printable characters`,
  minLength: 1,
  maxLength: max,
});

/** Of a text without half characters: the same by code units, which are faster to walk. */
const UNPRINTABLE_UNIT = new RegExp(String.raw`[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]`);
const NOT_BLANK = /\S/;

/** An emoji is one, of two code units. */
const hasAtMost = (max: number, value: string): boolean =>
  value.length <= max || (value.length <= 2 * max && Array.from(value).length <= max);

/** What the pattern says, found out without counting each character by it: a long text takes its time, and others wait. */
const printableText = (max: number, rule: TextRule): Kind => ({
  ...matching(rule),
  isValid: (value) =>
    typeof value === 'string' &&
    value.isWellFormed() &&
    hasAtMost(max, value) &&
    NOT_BLANK.test(value) &&
    !UNPRINTABLE_UNIT.test(value),
});

/** Printable characters, and not only blanks. */
export const text = (max: number): Kind => printableText(max, printable(max));

/** A secret of a carrier, as the carrier gave it out. */
export const secret = (max: number): Kind => printableText(max, { ...printable(max), format: 'password' });

/** Free text in a query, for VoiceLink to interpret. */
export const search: Kind = matching({
  pattern: /^[^\p{Cc}\p{Cs}]{0,100}$/u,
  mustBe: 'a text of at most 100 printable characters',
  maxLength: 100,
});

export const E164_PATTERN = /^\+[1-9]\d{6,14}$/;
export const E164_LENGTH = 16;
export const e164: Kind = matching({
  pattern: E164_PATTERN,
  mustBe: 'a number in E.164 form, for example +918011223344',
  maxLength: E164_LENGTH,
});

/** Includes the national form and short codes, which some carriers use for caller ids. */
export const looseNumber: Kind = matching({
  pattern: /^\+?\d{4,15}$/,
  mustBe: 'a number of 4 to 15 digits, with or without +',
  maxLength: 16,
});

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** `example` is the one that the refusal shows. */
export const uuid = (example = '9b7f1c44-c87f-4f0c-9124-3c802a9c1a20'): Kind => ({
  schema: { type: String, format: 'uuid' },
  mustBe: `a UUID, for example ${example}`,
  isValid: (value) => typeof value === 'string' && UUID.test(value),
});

const CURSOR = /^[\w.~+/=-]{1,500}$/;

/** `next_cursor` of the previous page. */
export const cursor: Kind = {
  schema: { type: String },
  mustBe: CURSOR_RULE,
  isValid: (value) => typeof value === 'string' && CURSOR.test(value),
};

/** Dot-separated words, and a domain with a dot: the `email` format of the document, as validators read it. */
const EMAIL =
  /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/i;
const MAX_EMAIL = 254;
export const email: Kind = {
  schema: { type: String, format: 'email', maxLength: MAX_EMAIL },
  mustBe: 'an e-mail address',
  isValid: (value) => typeof value === 'string' && value.length <= MAX_EMAIL && EMAIL.test(value),
};

const isDate = (value: unknown): boolean => {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const time = Date.parse(`${value}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
};

/** A calendar date. */
export const date: Kind = {
  schema: { type: String, format: 'date' },
  mustBe: 'a date that exists, written YYYY-MM-DD',
  isValid: isDate,
};

export const webSocketUrl: Kind = {
  schema: { type: String, format: 'uri', maxLength: 2000, pattern: WEBSOCKET_URL_PATTERN },
  mustBe: 'a wss:// URL with a host, without credentials and fragment, for example wss://bots.example.com/ws',
  isValid: isWebSocketUrl,
};
