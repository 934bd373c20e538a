import { PassThrough } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { readInTurns } from './read-in-turns';

const LONG = Buffer.alloc(64 * 1024);
const SHORT = Buffer.alloc(100);

/** How many pieces each turn of the event loop brings, until all are there. */
const perTurn = async (pieces: readonly Buffer[]): Promise<readonly number[]> => {
  const stream = new PassThrough({ highWaterMark: 10 * 1024 * 1024 });
  let read = 0;
  stream.on('data', () => (read += 1));
  readInTurns(stream);
  for (const piece of pieces) stream.write(piece);
  const counts: number[] = [];
  for (let seen = 0; seen < pieces.length; seen = read) {
    await nextTurn();
    if (read > seen) counts.push(read - seen);
  }
  return counts;
};

describe('a connection that is read in turns', () => {
  it('brings one long piece in each turn, and loses none', async () => {
    const turns = await perTurn(Array<Buffer>(20).fill(LONG));
    expect(turns.reduce((sum, count) => sum + count, 0)).toBe(20);
    // The turn in which reading goes on may bring the next one as well.
    expect(Math.max(...turns)).toBeLessThanOrEqual(2);
  });

  it('brings short pieces together: they are answers to short statements', async () => {
    expect(await perTurn(Array<Buffer>(5).fill(SHORT))).toEqual([5]);
  });
});
