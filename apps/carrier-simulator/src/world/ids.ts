import { createHash } from 'node:crypto';

/** Ids that a seed repeats: each carrier writes the digits in its own form. */
export class Ids {
  private count = 0;

  constructor(private readonly seed: number) {}

  /** 32 hexadecimal digits. */
  hex(): string {
    this.count += 1;
    return createHash('sha256')
      .update(`${String(this.seed)}/${String(this.count)}`)
      .digest('hex')
      .slice(0, 32);
  }

  uuid(): string {
    return this.hex().replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5');
  }

  /** Decimal digits without a leading zero. */
  digits(length: number): string {
    const written = BigInt(`0x${this.hex()}`).toString().padStart(length, '1');
    return `1${written.slice(0, length - 1)}`;
  }
}
