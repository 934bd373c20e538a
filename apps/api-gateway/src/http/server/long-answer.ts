import { ownTurns } from '@dialtone/persistence';

/** A model, the rows of whose lists may be generated while they are written. */
export type Rows<Model> = {
  readonly [Name in keyof Model]: Model[Name] extends readonly (infer Row)[] ? Iterable<Row> : Model[Name];
};

/** The text of an answer, piece by piece. The framework sends it as fast as it is read. */
export type LongAnswer = AsyncIterable<string>;

/** Characters per write: enough to be worth one. */
const PIECE = 32 * 1024;
/** How long one is generated, ms; rows take what they take. */
const PIECE_MS = 1;

/**
 * The success envelope around very long lists (some kilobytes for each of a hundred thousand numbers) and what stands beside them. It is generated while
 * it is sent, so that it neither fills memory nor blocks other requests. The handler sets the content type JSON. After the
 * first piece a defect can no longer become an error answer: it cuts the answer off, so that no client takes it for complete,
 * and is logged.
 */
export const longAnswer = <Model>(lists: Rows<Model>): LongAnswer => piecesOf(Object.entries(lists), ownTurns());

/** Drops each list once it is written: the framework keeps the first answer of a connection while the connection is open. */
async function* piecesOf(
  left: [name: string, value: unknown][],
  nextTurn: () => Promise<void>,
): AsyncGenerator<string> {
  let begun = performance.now();
  let piece = '{"success":true,"data":{';
  let before = '';
  for (let next = left.shift(); next !== undefined; next = left.shift()) {
    const [name, rows] = next;
    piece += `${before}${JSON.stringify(name)}:`;
    if (!isList(rows)) {
      piece += JSON.stringify(rows);
      before = ',';
      continue;
    }
    piece += '[';
    before = '';
    for (const row of rows) {
      piece += before + JSON.stringify(row);
      before = ',';
      if (piece.length < PIECE && performance.now() - begun < PIECE_MS) continue;
      yield piece;
      piece = '';
      await nextTurn();
      begun = performance.now();
    }
    piece += ']';
    before = ',';
  }
  yield `${piece}}}`;
}

const isList = (value: unknown): value is Iterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.iterator in value;

export const isLongAnswer = (value: unknown): value is LongAnswer =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
