const INITIAL = 64 * 1_024;
/** Of a 32-bit number. */
const VARINT_BYTES = 5;
/** Of one UTF-16 unit in UTF-8. */
const UNIT_BYTES = 3;

/** Of a number that is not negative. */
const sizeOfVarint = (value: number): number => Math.ceil((33 - Math.clz32(value)) / 7);

/** Bytes one after another, in Kafka's forms of numbers and texts; grows as needed. */
export class ByteWriter {
  private bytes = Buffer.allocUnsafe(INITIAL);
  private end = 0;

  /** How many were written. */
  get length(): number {
    return this.end;
  }

  /** What was written from there on; the next writing changes it. */
  written(from = 0): Buffer {
    return this.bytes.subarray(from, this.end);
  }

  /** Begins anew. */
  clear(): void {
    this.end = 0;
  }

  int8(value: number): void {
    this.room(1);
    this.end = this.bytes.writeInt8(value, this.end);
  }

  int16(value: number): void {
    this.room(2);
    this.end = this.bytes.writeInt16BE(value, this.end);
  }

  int32(value: number): void {
    this.room(4);
    this.end = this.bytes.writeInt32BE(value, this.end);
  }

  int64(value: bigint): void {
    this.room(8);
    this.end = this.bytes.writeBigInt64BE(value, this.end);
  }

  /** In the place of four bytes that were written before. */
  int32At(at: number, value: number): void {
    this.bytes.writeInt32BE(value | 0, at);
  }

  /** Zigzag. */
  varint(value: number): void {
    this.room(VARINT_BYTES);
    let rest = ((value << 1) ^ (value >> 31)) >>> 0;
    for (; rest > 0x7f; rest >>>= 7) this.bytes[this.end++] = (rest & 0x7f) | 0x80;
    this.bytes[this.end++] = rest;
  }

  /** UTF-8, after its length in two bytes. */
  shortText(value: string): void {
    this.int16(Buffer.byteLength(value));
    this.room(value.length * UNIT_BYTES);
    this.end += this.bytes.write(value, this.end);
  }

  /** UTF-8, after its length. */
  text(value: string): void {
    this.varint(Buffer.byteLength(value));
    this.room(value.length * UNIT_BYTES);
    this.end += this.bytes.write(value, this.end);
  }

  /** What `write` writes, after its length. */
  measured(write: () => void): void {
    const at = this.end;
    write();
    const length = this.end - at;
    this.room(VARINT_BYTES);
    this.bytes.copyWithin(at + sizeOfVarint(length), at, this.end);
    this.end = at;
    this.varint(length);
    this.end += length;
  }

  private room(length: number): void {
    if (this.end + length <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.bytes.length, this.end + length));
    this.bytes.copy(larger, 0, 0, this.end);
    this.bytes = larger;
  }
}
