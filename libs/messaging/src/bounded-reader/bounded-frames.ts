import { int32, readFetchAnswer, type ByteReader, type Want } from './fetch-answer';

/** Answers what version of Fetch a correlation id asked with; null for other requests. Asked once for each answer. */
export type FetchVersionOf = (correlationId: number) => number | null;

const FRAME_HEAD = 8;
/** Versions that `readFetchAnswer` knows; a client and a broker of today agree on the last one. */
const KNOWN = { from: 4, to: 11 };

/** Turns the bytes of a broker into frames whose Fetch answers are bounded. Other answers pass as they are. */
export class BoundedFrames {
  private readonly reader: Generator<Want, never, Buffer>;
  private want: Want;
  private chunks: Buffer[] = [];
  private buffered = 0;

  constructor(
    private readonly versionOf: FetchVersionOf,
    private readonly emit: (bytes: Buffer) => void,
  ) {
    this.reader = this.readFrames();
    this.want = this.reader.next().value;
  }

  push(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.buffered += chunk.length;
    while (this.want.drop ? this.buffered > 0 || this.want.bytes === 0 : this.buffered >= this.want.bytes) {
      this.want = this.want.drop ? this.dropped(this.want.bytes) : this.reader.next(this.cut(this.want.bytes)).value;
    }
  }

  /** What is wanted after as much as is there was thrown away. */
  private dropped(bytes: number): Want {
    const now = Math.min(bytes, this.buffered);
    this.cut(now);
    return now === bytes ? this.reader.next(Buffer.alloc(0)).value : { bytes: bytes - now, drop: true };
  }

  private cut(bytes: number): Buffer {
    const all = this.chunks.length === 1 && this.chunks[0] !== undefined ? this.chunks[0] : Buffer.concat(this.chunks);
    this.chunks = all.length > bytes ? [all.subarray(bytes)] : [];
    this.buffered -= bytes;
    return all.subarray(0, bytes);
  }

  private *readFrames(): Generator<Want, never, Buffer> {
    for (;;) {
      const head = yield { bytes: FRAME_HEAD, drop: false };
      const version = this.versionOf(head.readInt32BE(4));
      const isKnown = version !== null && version >= KNOWN.from && version <= KNOWN.to;
      const body = isKnown ? yield* readFetchAnswer(version) : yield* readWhole(head.readInt32BE() - 4);
      const length = body.reduce((sum, part) => sum + part.length, 4);
      this.emit(Buffer.concat([int32(length), head.subarray(4), ...body]));
    }
  }
}

function* readWhole(bytes: number): ByteReader {
  return [yield { bytes, drop: false }];
}
