import { ByteWriter } from './byte-writer';

describe('ByteWriter', () => {
  const room = (length: number): number => {
    const out = new ByteWriter();
    out.text('x'.repeat(length));
    out.clear();
    return out.capacity;
  };

  it('keeps its room for the next request, unless one was very large', () => {
    expect(room(1_000_000)).toBeGreaterThan(1_000_000);
    expect(room(10_000_000)).toBeLessThan(100_000);
  });

  it.each([
    { length: 0, prefix: 1 },
    { length: 63, prefix: 1 },
    { length: 64, prefix: 2 },
    { length: 8_191, prefix: 2 },
    { length: 8_192, prefix: 3 },
  ])('puts a length of $length in $prefix bytes before what it measures', ({ length, prefix }) => {
    const out = new ByteWriter();
    out.measured(() => {
      for (let nth = 0; nth < length; nth += 1) out.int8(7);
    });
    expect(out.written(prefix)).toEqual(Buffer.alloc(length, 7));
  });
});
