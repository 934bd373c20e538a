import { createHash, type Hash } from 'node:crypto';

/**
 * The body of one answer, in the pieces in which it came: nobody else reads these. A body that is recognised by its digest is
 * never joined.
 */
export class ReceivedBody {
  private pieces: Buffer[] = [];
  private readonly hash: Hash | null;

  /** `isDigested`: the digest is made while the pieces come. */
  constructor(isDigested: boolean) {
    this.hash = isDigested ? createHash('sha256') : null;
  }

  static of(bytes: Buffer): ReceivedBody {
    const body = new ReceivedBody(false);
    body.add(bytes);
    return body;
  }

  add(piece: Buffer): void {
    this.pieces.push(piece);
    this.hash?.update(piece);
  }

  /** All bytes, joined once. */
  get bytes(): Buffer {
    if (this.pieces.length > 1) {
      const joined = Buffer.concat(this.pieces);
      this.drop();
      this.pieces = [joined];
    }
    return this.pieces[0] ?? NOTHING;
  }

  /** SHA-256 in base64, once the body is whole; null when it was not asked for. To be read once. */
  digest(): string | null {
    return this.hash?.digest('base64') ?? null;
  }

  /** Gives the memory back at once. Left to the collector, some dozen MB of pieces have it look through the whole heap. */
  drop(): void {
    for (const piece of this.pieces) release(piece);
    this.pieces = [];
  }
}

const NOTHING = Buffer.alloc(0);

/** Small buffers share their memory with others; one that has half of it or more has it alone. */
const release = ({ buffer, length }: Buffer): void => {
  if ('transfer' in buffer && !buffer.detached && 2 * length >= buffer.byteLength) buffer.transfer(0);
};
