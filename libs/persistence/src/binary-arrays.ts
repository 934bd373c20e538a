import { json } from './db';

/**
 * Parameters that are arrays, in PostgreSQL's binary format; null is SQL's. Neither the driver nor the server has to look for what is quoted
 * and escaped in a text of texts.
 */

const JSONB_OID = 3802;
const TEXT_OID = 25;
const FLOAT8_OID = 701;
/** Dimensions, whether there are nulls, the type of elements, their number, the first index: 4 bytes each. */
const ARRAY_HEADER = 20;
const JSONB_VERSION = 1;
const FLOAT8_SIZE = 8;

interface Shape {
  readonly oid: number;
  readonly count: number;
  readonly hasNull: boolean;
  /** Bytes of the elements, without the lengths before them. */
  readonly size: number;
}

const arrayOf = ({ oid, count, hasNull, size }: Shape): Buffer => {
  const array = Buffer.allocUnsafe(ARRAY_HEADER + 4 * count + size);
  let at = 0;
  for (const field of [1, hasNull ? 1 : 0, oid, count, 1]) at = array.writeInt32BE(field, at);
  return array;
};

/** `prefix`: a byte before each text; none. */
const arrayOfTexts = (oid: number, given: readonly (string | null | undefined)[], prefix: number | null): Buffer => {
  const texts = given.map((text) => text ?? null);
  const more = prefix === null ? 0 : 1;
  const sizes = texts.map((text) => (text === null ? 0 : more + Buffer.byteLength(text)));
  const size = sizes.reduce((sum, one) => sum + one, 0);
  const array = arrayOf({ oid, count: texts.length, hasNull: texts.includes(null), size });
  let at = ARRAY_HEADER;
  for (const [nth, text] of texts.entries()) {
    at = array.writeInt32BE(text === null ? -1 : (sizes[nth] ?? 0), at);
    if (text === null) continue;
    if (prefix !== null) at = array.writeUInt8(prefix, at);
    at += array.write(text, at);
  }
  return array;
};

/** A `jsonb[]` parameter of texts that are JSON already, as `json` makes them. */
export const jsonTextArray = (texts: readonly (string | null)[]): Buffer =>
  arrayOfTexts(JSONB_OID, texts, JSONB_VERSION);

/** A `jsonb[]` parameter. */
export const jsonArray = (values: readonly unknown[]): Buffer =>
  jsonTextArray(values.map((value) => (value === null ? null : json(value))));

/** A `text[]` parameter, also of what is cast from it. */
export const textArray = (texts: readonly (string | null | undefined)[]): Buffer => arrayOfTexts(TEXT_OID, texts, null);

/** A `float8[]` parameter, also of whole numbers up to 2^53. */
export const numberArray = (numbers: readonly (number | null)[]): Buffer => {
  const known = numbers.filter((number) => number !== null).length;
  const hasNull = known < numbers.length;
  const array = arrayOf({ oid: FLOAT8_OID, count: numbers.length, hasNull, size: FLOAT8_SIZE * known });
  let at = ARRAY_HEADER;
  for (const number of numbers) {
    at = array.writeInt32BE(number === null ? -1 : FLOAT8_SIZE, at);
    if (number !== null) at = array.writeDoubleBE(number, at);
  }
  return array;
};

/** Values of which many rows have the same: each once, and for each row the place of its own, from 1; null is SQL's. */
export class SharedJson<Value extends object> {
  private readonly places = new Map<Value, number>();

  /** The very object counts: those that are only alike are sent by themselves. */
  placeOf(value: Value): number {
    const known = this.places.get(value);
    if (known !== undefined) return known;
    this.places.set(value, this.places.size + 1);
    return this.places.size;
  }

  /** A `jsonb[]` parameter. */
  get array(): Buffer {
    return jsonArray([...this.places.keys()]);
  }
}
