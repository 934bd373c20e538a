import { unzipSync } from 'node:zlib';
import { READER_LIMITS } from './limits';
import { BATCH, BATCH_PREFIX, placeholderOf } from './placeholder-batch';

const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
const CODEC_MASK = 0x07;
const MAGIC = 2;

interface Cost {
  readonly bytes: number;
  readonly records: number;
}
type Weighed = { readonly ok: true; readonly cost: Cost } | { readonly ok: false; readonly why: string };

/**
 * Bounds the records of one partition in one answer: a batch that costs more than the limits, or that this client cannot
 * decompress, becomes a placeholder; batches beyond what one answer may cost are left for the next one. The first batch
 * always remains, in one of the two forms, so a consumer never stands still. `records` may end within a batch.
 *
 * Records of the formats before Kafka 0.11 are not looked at: a broker converts them when it stores them.
 */
export const boundRecordSet = (records: Buffer): Buffer => {
  const parts: Buffer[] = [];
  let left: Cost = { bytes: READER_LIMITS.inflatedBytes, records: READER_LIMITS.records };
  for (let at = 0; at + BATCH.records <= records.length;) {
    if (records.readInt8(at + BATCH.magic) !== MAGIC) return records;
    const end = at + lengthAt(records, at);
    const batch = records.subarray(at, end);
    const weighed = end > records.length ? TOO_LARGE : weigh(batch);
    left = minus(left, weighed);
    const isForLater = end > records.length || left.bytes < 0 || left.records < 0;
    if (at > 0 && isForLater) break;
    parts.push(weighed.ok ? batch : placeholderOf(batch, weighed.why));
    at = end;
  }
  return Buffer.concat(parts);
};

const minus = (left: Cost, weighed: Weighed): Cost =>
  weighed.ok ? { bytes: left.bytes - weighed.cost.bytes, records: left.records - weighed.cost.records } : left;

/** Of the batch that begins there; beyond the end for one whose length makes no sense. */
const lengthAt = (records: Buffer, at: number): number => {
  const length = BATCH_PREFIX + records.readInt32BE(at + BATCH.length);
  return length < BATCH.records ? records.length + 1 : length;
};

const refused = (why: string): Weighed => ({ ok: false, why });
const TOO_LARGE = refused('is larger than what is read at once');

const weigh = (batch: Buffer): Weighed => {
  const count = batch.readInt32BE(BATCH.count);
  if (count > READER_LIMITS.records) return refused(`with ${String(count)} records has too many`);
  const codec = CODECS[batch.readInt16BE(BATCH.attributes) & CODEC_MASK];
  if (codec === 'none') return { ok: true, cost: { bytes: batch.length, records: count } };
  if (codec !== 'gzip') return refused(`is compressed with ${codec ?? 'an unknown codec'}, which is not read`);
  const bytes = inflatedLength(batch.subarray(BATCH.records));
  if (bytes === null)
    return refused(`inflates to more than ${String(READER_LIMITS.inflatedBytes)} bytes, or not at all`);
  return { ok: true, cost: { bytes, records: count } };
};

/** Null when it is too long or no gzip. */
const inflatedLength = (compressed: Buffer): number | null => {
  try {
    return unzipSync(compressed, { maxOutputLength: READER_LIMITS.inflatedBytes }).length;
  } catch {
    return null;
  }
};
