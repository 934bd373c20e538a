import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { StreamableFile } from '@nestjs/common';

/** An answer that consists of lists only, whose rows are made when they are asked for. */
export type LazyLists<Answer> = {
  readonly [Name in keyof Answer]: Answer[Name] extends readonly (infer Row)[] ? Iterable<Row> : never;
};

/** Rows that are made and written before other requests get their turn: some milliseconds. */
const ROWS_PER_TURN = 100;

/** `rows.map(of)`, one by one. */
export function* mapLazily<From, To>(rows: Iterable<From>, of: (row: From) => To): Generator<To, void> {
  for (const row of rows) yield of(row);
}

/**
 * The success envelope around lists that may be very long, as the same text that it would be in one piece: neither all of its rows nor
 * all of its text exist at a time, and a caller who reads slowly, or not any more, costs no more than what is in the pipe.
 */
export const streamLists = <Answer>(lists: LazyLists<Answer>): StreamableFile =>
  new StreamableFile(Readable.from(textOf(lists)), { type: 'application/json; charset=utf-8' });

async function* textOf<Answer>(lists: LazyLists<Answer>): AsyncGenerator<string, void> {
  let before = '{"success":true,"data":{';
  for (const [name, rows] of Object.entries<Iterable<unknown>>(lists)) {
    yield* chunksOf(`${before}${JSON.stringify(name)}:[`, rows);
    before = '],';
  }
  yield ']}}';
}

async function* chunksOf(opening: string, rows: Iterable<unknown>): AsyncGenerator<string, void> {
  let chunk = opening;
  let count = 0;
  for (const row of rows) {
    chunk += (count === 0 ? '' : ',') + JSON.stringify(row);
    count += 1;
    if (count % ROWS_PER_TURN > 0) continue;
    yield chunk;
    chunk = '';
    await nextTurn();
  }
  yield chunk;
}

/** All of a streamed answer, to be kept; and an answer that is the same again. */
export const collected = async (
  answer: StreamableFile,
): Promise<{ readonly text: string; readonly again: StreamableFile }> => {
  const chunks: Buffer[] = [];
  for await (const chunk of answer.getStream()) chunks.push(Buffer.from(chunk as string | Buffer));
  const bytes = Buffer.concat(chunks);
  return { text: bytes.toString('utf8'), again: new StreamableFile(bytes, answer.options) };
};
