import { createHash } from 'node:crypto';
import { ReceivedBody } from './received-body';

/** As a socket hands it over: in memory of its own, whatever its size. */
const piece = (text: string): Buffer => {
  const own = Buffer.from(new ArrayBuffer(Buffer.byteLength(text)));
  own.write(text);
  return own;
};
const bodyOf = (pieces: readonly Buffer[], isDigested = true): ReceivedBody => {
  const body = new ReceivedBody(isDigested);
  for (const each of pieces) body.add(each);
  return body;
};
const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64');

describe('a received body', () => {
  it('is all its pieces in order, with the digest of all of them', () => {
    const body = bodyOf(['{"a":', '1', '}'].map(piece));
    expect(body.digest()).toBe(sha256('{"a":1}'));
    expect(body.bytes.toString()).toBe('{"a":1}');
    expect(body.bytes).toBe(body.bytes);
  });

  it('may be empty, or of one piece, and needs no digest', () => {
    expect(bodyOf([]).bytes).toHaveLength(0);
    expect(bodyOf([]).digest()).toBe(sha256(''));
    const only = Buffer.from('x');
    expect(ReceivedBody.of(only).bytes).toBe(only);
    expect(ReceivedBody.of(only).digest()).toBeNull();
  });

  it.each(['drop', 'join'] as const)('gives the memory of its pieces back at once: %s', (how) => {
    const pieces = ['ab'.repeat(500), 'c'].map(piece);
    const body = bodyOf(pieces);
    if (how === 'drop') body.drop();
    else expect(body.bytes.toString()).toBe(`${'ab'.repeat(500)}c`);
    expect(pieces.map(({ buffer }) => buffer.byteLength)).toEqual([0, 0]);
  });

  it('leaves alone what shares its memory with others', () => {
    const neighbours = [Buffer.from('mine'), Buffer.from('of another')] as const;
    expect(neighbours[0].buffer).toBe(neighbours[1].buffer);
    const slab = Buffer.from(new ArrayBuffer(1_000));
    const half = Math.ceil(slab.length / 2);
    const body = bodyOf([neighbours[0], slab.subarray(0, half - 1)]);
    body.drop();
    expect(neighbours[1].toString()).toBe('of another');
    expect(slab.buffer.byteLength).toBe(1_000);
  });

  it('takes several pieces of one chunk', () => {
    const chunk = piece('4\r\nabcd\r\n1\r\ne');
    const body = bodyOf([chunk.subarray(3, 7), chunk.subarray(12)]);
    body.add(piece('fgh'));
    expect(body.bytes.toString()).toBe('abcdefgh');
  });

  it('never holds more than half of a slab of the pool, which small buffers share', () => {
    const sizes = [Buffer.poolSize / 2 - 1, Buffer.poolSize / 2, Buffer.poolSize];
    const shares = sizes.map((size) => 2 * size >= Buffer.allocUnsafe(size).buffer.byteLength);
    expect(shares).toEqual([false, true, true]);
  });
});
