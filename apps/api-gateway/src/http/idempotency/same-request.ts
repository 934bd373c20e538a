import { invalidInput } from '../errors/api-error';
import type { HttpRequest } from '../http-types';

export const IDEMPOTENCY_KEY_HEADER = 'idempotency-key';
/** Visible ASCII. Quotes, which some clients add, are part of the key. */
const KEY = /^[\x21-\x7e]{1,255}$/;

/** Headers that change what a write does. */
const PRECONDITIONS = ['if-match', 'if-none-match'];

/** The caller's key; null when there is none. Throws an ApiError for an unusable key. */
export const idempotencyKeyOf = (request: HttpRequest): string | null => {
  const key = request.headers[IDEMPOTENCY_KEY_HEADER];
  if (key === undefined) return null;
  if (typeof key === 'string' && KEY.test(key)) return key;
  throw invalidInput(
    'Idempotency-Key',
    'Idempotency-Key must have 1 to 255 visible ASCII characters without spaces, for example a UUID.',
  );
};

type Json = Readonly<Record<string, unknown>>;

/** The order of fields does not matter. */
const sortFields = (_name: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value as Json).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : value;

/** Two requests are the same if their method, path with query, preconditions and body are. The text may contain secrets. */
export const sameRequestText = ({
  method,
  url,
  headers,
  body,
}: Pick<HttpRequest, 'method' | 'url' | 'headers' | 'body'>): string =>
  JSON.stringify([method, url, PRECONDITIONS.map((name) => headers[name] ?? null), body ?? null], sortFields);
