import { PassThrough } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { readInTurns } from './read-in-turns';

const KIB = 1024;
const LONG = 64 * KIB;
const SHORT = 100;

const piecesOf = (sizes: readonly number[]): readonly Buffer[] =>
  sizes.map((size, nth) => Buffer.alloc(size, nth % 251));

const opened = (turn = () => nextTurn()) => {
  const stream = new PassThrough({ highWaterMark: 10 * KIB * KIB });
  const read: Buffer[] = [];
  stream.on('data', (bytes: Buffer) => read.push(bytes));
  readInTurns(stream, turn);
  return { stream, read };
};

const lengthOf = (pieces: readonly Buffer[]): number => pieces.reduce((sum, { length }) => sum + length, 0);

/** How many bytes each turn of the event loop brings, until all are there. */
const perTurn = async (sizes: readonly number[]): Promise<readonly number[]> => {
  const { stream, read } = opened();
  const pieces = piecesOf(sizes);
  for (const piece of pieces) stream.write(piece);
  const counts: number[] = [];
  for (let seen = 0; seen < lengthOf(pieces); seen = lengthOf(read)) {
    await nextTurn();
    counts.push(lengthOf(read) - seen);
  }
  expect(Buffer.concat(read).equals(Buffer.concat(pieces))).toBe(true);
  return counts;
};

describe('a connection that is read in turns', () => {
  it('brings little of a long result in each turn', async () => {
    const turns = await perTurn(Array<number>(20).fill(LONG));
    // The turn in which reading goes on may bring the next one as well.
    expect(Math.max(...turns)).toBeLessThanOrEqual(2 * 16 * KIB);
  });

  it('brings short pieces together: they are answers to short statements', async () => {
    expect(await perTurn(Array<number>(5).fill(SHORT))).toEqual([5 * SHORT]);
  });

  it('brings every byte, in order, whatever arrives when', async () => {
    const SIZES = fc.array(
      fc.oneof(fc.integer({ min: 1, max: 200_000 }), fc.constantFrom(16 * KIB, 16 * KIB - 1, LONG)),
      {
        maxLength: 12,
      },
    );
    await fc.assert(
      fc.asyncProperty(SIZES, async (sizes) => {
        await perTurn(sizes);
      }),
      { numRuns: 60 },
    );
  });

  it('brings nothing more of a connection that is over', async () => {
    const turn = Promise.withResolvers<undefined>();
    const { stream, read } = opened(() => turn.promise);
    stream.write(Buffer.alloc(LONG));
    await nextTurn();
    stream.destroy();
    turn.resolve(undefined);
    await nextTurn();
    expect(lengthOf(read)).toBe(16 * KIB);
  });
});
