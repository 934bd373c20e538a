import { boundRecordSet } from './bound-record-set';
import { READER_LIMITS } from './limits';

/** What a reader of a stream wants next: so many bytes, to have or to throw away. */
export interface Want {
  readonly bytes: number;
  readonly drop: boolean;
}
export type ByteReader = Generator<Want, readonly Buffer[], Buffer>;

const INT16 = 2;
const INT32 = 4;
const INT64 = 8;

/**
 * Reads the body of a Fetch response (versions 4 to 11, after the correlation id) from a stream and returns it with bounded
 * record sets. Bytes of a record set beyond its limit are dropped while they arrive, so an answer of any size costs little.
 */
export function* readFetchAnswer(version: number): ByteReader {
  const parts: Buffer[] = [];
  const fixed = INT32 + (version >= 7 ? INT16 + INT32 : 0);
  parts.push(yield* take(fixed));
  const topics = yield* count(parts);
  for (let topic = 0; topic < topics; topic += 1) {
    const name = yield* take(INT16);
    parts.push(name, yield* take(Math.max(0, name.readInt16BE())));
    const partitions = yield* count(parts);
    for (let nth = 0; nth < partitions; nth += 1) yield* readPartition(version, parts);
  }
  return parts;
}

function* readPartition(version: number, parts: Buffer[]): Generator<Want, void, Buffer> {
  // Partition, error, high watermark, last stable offset; log start offset since version 5.
  parts.push(yield* take(INT32 + INT16 + 2 * INT64 + (version >= 5 ? INT64 : 0)));
  const aborted = yield* count(parts);
  parts.push(yield* take(Math.max(0, aborted) * 2 * INT64));
  // The preferred replica to read from.
  if (version >= 11) parts.push(yield* take(INT32));
  const size = (yield* take(INT32)).readInt32BE();
  const kept = Math.min(Math.max(0, size), READER_LIMITS.recordSetBytes);
  const records = boundRecordSet(yield* take(kept));
  if (size > kept) yield { bytes: size - kept, drop: true };
  parts.push(int32(size < 0 ? size : records.length), records);
}

/** Of elements; -1 for null. */
function* count(parts: Buffer[]): Generator<Want, number, Buffer> {
  const field = yield* take(INT32);
  parts.push(field);
  return field.readInt32BE();
}

function* take(bytes: number): Generator<Want, Buffer, Buffer> {
  return yield { bytes, drop: false };
}

export const int32 = (value: number): Buffer => {
  const field = Buffer.alloc(INT32);
  field.writeInt32BE(value);
  return field;
};
