import { crc32c } from './crc32c';
import type { ByteWriter } from './byte-writer';

/** A record to send: texts alone, stamped with the time of its batch. */
export interface PlainRecord {
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Who sends a batch, so that the broker takes a repeat for one. */
export interface BatchProducer {
  readonly id: bigint;
  readonly epoch: number;
  readonly firstSequence: number;
}

const FIRST_OFFSET = 0n;
const LEADER_EPOCH = 0;
const MAGIC = 2;
/** Not compressed, stamped by the client, in no transaction. */
const ATTRIBUTES = 0;
const UNKNOWN = 0;

/** Writes a record batch of magic 2, after its length in bytes. */
export const writeRecordBatch = (
  out: ByteWriter,
  records: readonly PlainRecord[],
  producer: BatchProducer,
  now: number,
): void => {
  const sizeAt = out.length;
  out.int32(UNKNOWN);
  out.int64(FIRST_OFFSET);
  const lengthAt = out.length;
  out.int32(UNKNOWN);
  out.int32(LEADER_EPOCH);
  out.int8(MAGIC);
  const checksumAt = out.length;
  out.int32(UNKNOWN);
  const checkedFrom = out.length;
  out.int16(ATTRIBUTES);
  out.int32(records.length - 1);
  out.int64(BigInt(now));
  out.int64(BigInt(now));
  out.int64(producer.id);
  out.int16(producer.epoch);
  out.int32(producer.firstSequence);
  out.int32(records.length);
  for (const [nth, record] of records.entries()) writeRecord(out, record, nth);
  out.int32At(checksumAt, crc32c(out.written(checkedFrom)));
  out.int32At(lengthAt, out.length - lengthAt - 4);
  out.int32At(sizeAt, out.length - sizeAt - 4);
};

const writeRecord = (out: ByteWriter, { key, value, headers }: PlainRecord, nth: number): void => {
  const names = Object.keys(headers);
  out.measured(() => {
    out.int8(ATTRIBUTES);
    // Milliseconds after the batch's.
    out.varint(0);
    out.varint(nth);
    out.text(key);
    out.text(value);
    out.varint(names.length);
    for (const name of names) {
      out.text(name);
      out.text(headers[name] ?? '');
    }
  });
};
