import { createHash } from 'node:crypto';
import { SET_ASIDE_HEADER } from './limits';

/** Fields of a record batch (magic 2) by their offset in it; all integers are big-endian. */
export const BATCH = { length: 8, magic: 16, attributes: 21, lastOffsetDelta: 23, count: 57, records: 61 } as const;

/** Bytes before those that `length` counts. */
export const BATCH_PREFIX = 12;

/**
 * A batch of one record in place of one that is not read: an uncompressed record without key and value, whose header says
 * why. It has the last offset of the batch, so that a consumer goes on behind it. `batch` may be the beginning of one.
 */
export const placeholderOf = (batch: Buffer, why: string): Buffer => {
  const header = Buffer.from(batch.subarray(0, BATCH.records));
  const sha256 = createHash('sha256').update(batch).digest('hex');
  const bytes = header.readInt32BE(BATCH.length) + BATCH_PREFIX;
  const text = `a batch of ${String(bytes)} bytes ${why} (sha256 of its first ${String(batch.length)} bytes: ${sha256})`;
  const record = recordOf(header.readInt32BE(BATCH.lastOffsetDelta), text);
  header.writeInt32BE(BATCH.records - BATCH_PREFIX + record.length, BATCH.length);
  header.writeInt16BE(0, BATCH.attributes);
  header.writeInt32BE(1, BATCH.count);
  return Buffer.concat([header, record]);
};

const recordOf = (offsetDelta: number, why: string): Buffer => {
  const name = Buffer.from(SET_ASIDE_HEADER);
  const value = Buffer.from(why);
  const body = Buffer.concat([
    Buffer.from([0]), // attributes
    varint(0), // timestamp delta
    varint(offsetDelta),
    varint(-1), // no key
    varint(-1), // no value
    varint(1), // headers
    varint(name.length),
    name,
    varint(value.length),
    value,
  ]);
  return Buffer.concat([varint(body.length), body]);
};

/** Zigzag, base 128, least significant group first. */
const varint = (value: number): Buffer => {
  const bytes: number[] = [];
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
};
