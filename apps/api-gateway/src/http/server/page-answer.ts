import { JSON_TYPE, success, type SuccessEnvelope } from '../errors/envelope';
import type { HttpReply } from '../http-types';
import { longAnswer, type LongAnswer } from './long-answer';

/** How much is mapped and written in one go: so many rows, unless they are weighed. */
const AT_ONCE = 10;

function* mapped<From, To>(rows: readonly From[], map: (row: From) => To): Generator<To> {
  for (const row of rows) yield map(row);
}

/**
 * A page of a list under `name`, with `head` before it and `rest` behind it. A long one is mapped and written piece by piece: a thousand rows in one go would
 * keep all other requests waiting.
 */
export const pageAnswer = <Name extends string, From, Row, Rest extends object, Head extends object = object>(
  reply: HttpReply,
  {
    name,
    rows,
    map,
    rest,
    head,
    weightOf = () => 1,
  }: {
    readonly name: Name;
    readonly rows: readonly From[];
    readonly map: (row: From) => Row;
    readonly rest: Rest;
    readonly head?: Head;
    readonly weightOf?: (row: From) => number;
  },
): SuccessEnvelope<Head & Readonly<Record<Name, readonly Row[]>> & Rest> | LongAnswer => {
  if (rows.reduce((sum, row) => sum + weightOf(row), 0) <= AT_ONCE) {
    const list = { [name]: rows.map(map) } as unknown as Readonly<Record<Name, readonly Row[]>>;
    return success({ ...(head as Head), ...list, ...rest });
  }
  reply.header('content-type', JSON_TYPE);
  return longAnswer<Record<string, unknown>>({ ...(head as object), [name]: mapped(rows, map), ...(rest as object) });
};
