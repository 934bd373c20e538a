import fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { BoundedFrames } from './bounded-frames';
import { int32 } from './fetch-answer';
import { READER_LIMITS } from './limits';

const int16 = (value: number): Buffer => int32(value).subarray(2);

/** A record batch of magic 2 at an offset; `records` as they are stored. */
const batchOf = (input: { records?: Buffer; codec?: number; count?: number; at?: number; length?: number }): Buffer => {
  const { records = Buffer.from('records'), codec = 0, count = 1, at = 0 } = input;
  const header = Buffer.alloc(61);
  header.writeBigInt64BE(BigInt(at), 0);
  header.writeInt32BE(input.length ?? 49 + records.length, 8);
  header.writeInt8(2, 16);
  header.writeInt16BE(codec, 21);
  header.writeInt32BE(count - 1, 23);
  header.writeInt32BE(count, 57);
  return Buffer.concat([header, records]);
};

/** A Fetch answer with one record set for each partition of one topic; null for none. */
const answerOf = (version: number, recordSets: readonly (Buffer | null)[]): Buffer => {
  const partitions = recordSets.flatMap((records) => [
    Buffer.alloc(version >= 5 ? 30 : 22, 1),
    int32(version === 4 ? -1 : 1),
    Buffer.alloc(version === 4 ? 0 : 16, 2),
    Buffer.alloc(version >= 11 ? 4 : 0, 3),
    records === null ? int32(-1) : Buffer.concat([int32(records.length), records]),
  ]);
  const topic = Buffer.concat([int16(5), Buffer.from('topic'), int32(recordSets.length), ...partitions]);
  return frameOf(7, Buffer.concat([Buffer.alloc(version >= 7 ? 10 : 4), int32(1), topic]));
};
const frameOf = (correlationId: number, body: Buffer): Buffer =>
  Buffer.concat([int32(4 + body.length), int32(correlationId), body]);

const passed = (bytes: Buffer, version: number | null = 11, chunk = bytes.length): Buffer => {
  const out: Buffer[] = [];
  const frames = new BoundedFrames(
    (id) => (id === 7 ? version : null),
    (part) => out.push(part),
  );
  for (let at = 0; at < bytes.length; at += chunk) frames.push(bytes.subarray(at, at + chunk));
  return Buffer.concat(out);
};
const withHeader = (frame: Buffer): string => frame.toString('latin1');

describe('BoundedFrames', () => {
  const good = [
    Buffer.concat([batchOf({}), batchOf({ at: 1, codec: 1, records: gzipSync('records') })]),
    null,
    Buffer.alloc(0),
  ];

  it.each([4, 5, 7, 10, 11])('passes good answers of version %i on as they are, however they are cut', (version) => {
    const frame = answerOf(version, good);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: frame.length }), (chunk) => {
        expect(passed(Buffer.concat([frame, frame]), version, chunk)).toEqual(Buffer.concat([frame, frame]));
      }),
      { numRuns: 50 },
    );
  });

  it.each([null, 3, 12])('does not look at other answers (%s)', (version) => {
    const frame = frameOf(7, Buffer.from('anything'));
    expect(passed(frame, version)).toEqual(frame);
  });

  it.each([
    { what: 'snappy', batch: batchOf({ codec: 2 }), why: 'is compressed with snappy, which is not read' },
    { what: 'lz4', batch: batchOf({ codec: 3 }), why: 'is compressed with lz4, which is not read' },
    { what: 'zstd', batch: batchOf({ codec: 4 }), why: 'is compressed with zstd, which is not read' },
    { what: 'a codec of tomorrow', batch: batchOf({ codec: 5 }), why: 'is compressed with an unknown codec' },
    { what: 'gzip that is none', batch: batchOf({ codec: 1 }), why: 'or not at all' },
    {
      what: 'gzip that inflates far',
      batch: batchOf({ codec: 1, records: gzipSync(Buffer.alloc(READER_LIMITS.inflatedBytes + 1)) }),
      why: 'inflates to more than 1200000 bytes',
    },
    { what: 'too many records', batch: batchOf({ count: READER_LIMITS.records + 1 }), why: 'with 10001 records' },
    { what: 'a length that makes no sense', batch: batchOf({ length: -1 }), why: 'larger than what is read' },
  ])('puts a record that says why in the place of a batch with $what, and goes on behind it', ({ batch, why }) => {
    const next = batchOf({ at: 99 });
    const out = passed(answerOf(11, [Buffer.concat([batch, next]), batchOf({})]));
    expect(withHeader(out)).toContain(why);
    expect(withHeader(out)).not.toContain(withHeader(batch));
    expect(out.readInt32BE()).toBe(out.length - 4);
    expect(out.subarray(-batchOf({}).length)).toEqual(batchOf({}));
  });

  it('drops what is beyond the limit while it arrives, and reads the other partitions', () => {
    const large = batchOf({ records: Buffer.alloc(5_000_000) });
    const out = passed(answerOf(11, [large, batchOf({})]), 11, 65_536);
    expect(out.length).toBeLessThan(1_000);
    expect(withHeader(out)).toContain('a batch of 5000061 bytes is larger than what is read at once');
    expect(out.subarray(-batchOf({}).length)).toEqual(batchOf({}));
  });

  it('leaves batches beyond what one answer may cost for the next one', () => {
    const costly = batchOf({ codec: 1, records: gzipSync(Buffer.alloc(700_000)) });
    const out = passed(answerOf(11, [Buffer.concat([costly, costly, costly])]));
    expect(out).toEqual(answerOf(11, [costly]));
    const many = batchOf({ count: 6_000 });
    expect(passed(answerOf(11, [Buffer.concat([many, many])]))).toEqual(answerOf(11, [many]));
  });

  it('leaves the beginning of a batch at the end of an answer out', () => {
    const cut = batchOf({ at: 1 }).subarray(0, 63);
    expect(passed(answerOf(11, [Buffer.concat([batchOf({}), cut])]))).toEqual(answerOf(11, [batchOf({})]));
  });

  it('leaves records of the formats before Kafka 0.11 as they are', () => {
    const old = batchOf({ codec: 2 });
    old.writeInt8(1, 16);
    expect(passed(answerOf(11, [old]))).toEqual(answerOf(11, [old]));
  });
});
