import { invalidInput } from '../errors/api-error';
import type { HttpRequest } from '../http-types';

export const IDEMPOTENCY_KEY_HEADER = 'idempotency-key';
/** Visible ASCII. Quotes, with which some clients send it, are taken as part of the key. */
const KEY = /^[\x21-\x7e]{1,255}$/;

/** Headers that change what a write does. */
const PRECONDITIONS = ['if-match', 'if-none-match'];

/** The caller's key, or null when none was sent. Throws an ApiError for one that cannot be used. */
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

/** Objects are the same in whatever order their fields are written. */
const sortFields = (_name: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value as Json).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : value;

/** Everything that makes two requests the same: method, path with query, preconditions, body. It may hold secrets. */
export const sameRequestText = ({
  method,
  url,
  headers,
  body,
}: Pick<HttpRequest, 'method' | 'url' | 'headers' | 'body'>): string =>
  JSON.stringify([method, url, PRECONDITIONS.map((name) => headers[name] ?? null), body ?? null], sortFields);
