import { text } from 'node:stream/consumers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { longAnswer } from './long-answer';

interface Model {
  readonly numbers: readonly { readonly text: string }[];
  readonly warnings: readonly string[];
}

/** Yields some hundred pieces. */
const MANY = 10_000;
const LONG_TEXT = `Größe 📞 "quoted"\n${'x'.repeat(500)}`;

const rows = Array.from({ length: MANY }, (_, index) => ({ text: `${String(index)} ${LONG_TEXT}` }));

function* counted<Row>(given: readonly Row[], made: (count: number) => void): Generator<Row> {
  for (const [index, row] of given.entries()) {
    made(index + 1);
    yield row;
  }
}

/** The first `count` pieces; the rest stays unread. */
const firstPieces = async (answer: AsyncIterable<string>, count: number): Promise<readonly string[]> => {
  const pieces: string[] = [];
  for await (const piece of answer) {
    pieces.push(piece);
    if (pieces.length === count) break;
  }
  return pieces;
};

describe('a long answer', () => {
  it.each([
    ['empty lists', { numbers: [], warnings: [] }],
    ['one short list', { numbers: [], warnings: ['a'] }],
    ['rows of several pieces', { numbers: rows, warnings: ['a', 'b'] }],
    ['rows at the end', { warnings: [], numbers: rows }],
  ])('is what the envelope around its lists would be: %s', async (_name, lists: Model) => {
    expect(await text(longAnswer<Model>(lists))).toBe(JSON.stringify({ success: true, data: lists }));
  });

  it('makes its rows while they are read, and no faster', async () => {
    let made = 0;
    const numbers = counted(rows, (count) => (made = count));
    const [first] = await firstPieces(longAnswer<Model>({ numbers, warnings: [] }), 1);
    await nextTurn();
    expect(first?.length).toBeGreaterThan(0);
    expect(made).toBeGreaterThan(0);
    expect(made).toBeLessThan(MANY / 10);
  });

  it('lets others get their turn between pieces', async () => {
    let turns = 0;
    let isOver = false;
    const others = async (): Promise<void> => {
      while (!isOver) {
        turns += 1;
        await nextTurn();
      }
    };
    const waiting = others();
    const { length } = await text(longAnswer<Model>({ numbers: rows, warnings: [] }));
    isOver = true;
    await waiting;
    expect(turns).toBeGreaterThan(length / 200_000);
  });
});
