/** No usual body has more names in all of its objects; free objects share them. */
export const MAX_FIELDS = 256;
/** Of all lists together; the longest list that a route takes has 1,000. */
export const MAX_ITEMS = 2_000;
/** Later code walks a body recursively, and a deep one would exhaust the stack. */
export const MAX_DEPTH = 32;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

interface Shape {
  /** Names, repeated ones included. */
  fields: number;
  /** Commas: one less than the items of a list, and those between fields. */
  commas: number;
  depth: number;
}

/** The index of the quote that ends the text that begins at `start`; texts without a backslash, as most are, are not walked. */
const endOfText = (json: Uint8Array, start: number): number => {
  const quote = json.indexOf(QUOTE, start + 1);
  const end = quote === -1 ? json.length : quote;
  const escape = json.subarray(start, end).indexOf(BACKSLASH);
  if (escape === -1) return end;
  let at = start + escape;
  while (at < json.length && json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1;
  return at;
};

/** How many names and items in lists a body may have. */
export interface BodyExtent {
  readonly fields: number;
  readonly items: number;
}

const isTooLarge = ({ fields, commas, depth }: Shape, most: BodyExtent): boolean =>
  fields > most.fields || commas > most.fields + most.items || depth > MAX_DEPTH;

/** Counts one byte outside of texts. False when it is none that makes a shape. */
const count = (byte: number, shape: Shape): boolean => {
  switch (byte) {
    case COLON:
      shape.fields += 1;
      return true;
    case COMMA:
      shape.commas += 1;
      return true;
    case OPEN_LIST:
    case OPEN_OBJECT:
      shape.depth += 1;
      return true;
    case CLOSE_LIST:
    case CLOSE_OBJECT:
      shape.depth -= 1;
      return true;
    default:
      return false;
  }
};

/** One pass over the bytes, which ends at the first excess. What is no JSON is left for the parser to refuse. */
const shapeOf = (json: Uint8Array, most: BodyExtent): Shape => {
  const shape: Shape = { fields: 0, commas: 0, depth: 0 };
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at] ?? 0;
    if (byte === QUOTE) at = endOfText(json, at);
    else if (count(byte, shape) && isTooLarge(shape, most)) return shape;
  }
  return shape;
};

/**
 * Why a body is not worth parsing, as a sentence; null if it is. Counts before any value is made: to parse, copy and
 * validate what no route takes can keep all other requests waiting for seconds.
 */
export const bodyExcess = (json: Uint8Array, most: BodyExtent): string | null => {
  const { fields, commas, depth } = shapeOf(json, most);
  if (depth > MAX_DEPTH) return `The body must not be nested more than ${String(MAX_DEPTH)} levels deep.`;
  if (fields > most.fields) return `The body must not have more than ${String(most.fields)} fields.`;
  if (commas > most.fields + most.items)
    return `The lists of the body must not have more than ${String(most.items)} items together.`;
  return null;
};
