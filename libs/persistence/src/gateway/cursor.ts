/** A page cursor that this deployment did not issue; callers answer "bad request". */
export class InvalidCursorError extends Error {
  override readonly name = 'InvalidCursorError';

  constructor() {
    super('The cursor is not valid. Leave it out to start from the beginning.');
  }
}

/** Opaque to callers: the sort values of the last row of a page. */
export const encodeCursor = (...values: readonly string[]): string =>
  Buffer.from(JSON.stringify(values)).toString('base64url');

/** The values, each matching its pattern; throws InvalidCursorError otherwise. */
export const decodeCursor = (cursor: string, ...patterns: readonly RegExp[]): readonly string[] => {
  const values = parse(cursor);
  if (!Array.isArray(values) || values.length !== patterns.length) throw new InvalidCursorError();
  return patterns.map((pattern, nth) => {
    const value: unknown = values[nth];
    if (typeof value !== 'string' || !pattern.test(value)) throw new InvalidCursorError();
    return value;
  });
};

const parse = (cursor: string): unknown => {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    throw new InvalidCursorError();
  }
};

export const KEY_PATTERN = /^\d{1,20}$/;
export const UUID_PATTERN = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
