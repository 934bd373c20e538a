import { setImmediate as nextTurn } from 'node:timers/promises';

/** A model of lists, with rows that may be made when they are written. */
export type Rows<Model> = {
  readonly [Name in keyof Model]: Model[Name] extends readonly (infer Row)[] ? Iterable<Row> : never;
};

/** The text of an answer, piece by piece. The framework sends it as fast as it is read. */
export type LongAnswer = AsyncIterable<string>;

/** Characters that are written at once: enough to be worth a write, little enough to be made in a few milliseconds. */
const PIECE = 64 * 1024;

/**
 * The success envelope around a model of lists that may be very long, a few kilobytes for each of a hundred thousand
 * numbers: written out while it is sent, so that neither memory nor the time of other requests goes into it at once. The
 * handler says that it is JSON. After the first piece a defect cannot be answered any more: it cuts the answer off, so that
 * nobody takes it for whole, and is logged.
 */
export const longAnswer = <Model>(lists: Rows<Model>): LongAnswer => piecesOf(Object.entries(lists));

/** Takes each list away once it is written: the framework holds on to the first answer of a connection while that is open. */
async function* piecesOf(left: [name: string, rows: Iterable<unknown>][]): AsyncGenerator<string> {
  let piece = '{"success":true,"data":{';
  let before = '';
  for (let next = left.shift(); next !== undefined; next = left.shift()) {
    const [name, rows] = next;
    piece += `${before}${JSON.stringify(name)}:[`;
    before = '';
    for (const row of rows) {
      piece += before + JSON.stringify(row);
      before = ',';
      if (piece.length < PIECE) continue;
      yield piece;
      piece = '';
      await nextTurn();
    }
    piece += ']';
    before = ',';
  }
  yield `${piece}}}`;
}

export const isLongAnswer = (value: unknown): value is LongAnswer =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
