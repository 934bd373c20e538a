import { type Queryable, rows } from '../../db';
import type { Page } from '../page';
import { numberSource } from './number-conditions';
import { cursorOf, orderedBy, PLACE_COLUMN, type Placed } from './number-order';
import type { NumberPage } from './number-store';
import { SqlParameters } from './sql-parameters';

/** What is shown of each row of a page: SQL over `dids d` and their `connections c`. */
export interface Shown<Row extends Placed, Item> {
  readonly columns: (parameters: SqlParameters) => string;
  /** Further joins. */
  readonly joins: string;
  readonly toItem: (row: Row) => Item;
}

/**
 * One page of numbers, in two steps of one statement: what is selected and where it is, out of the indexes as far as they have it, and then what
 * is shown of these rows only. A verdict is some kilobytes, and a filter may pass over a hundred thousand of them.
 */
export const pageOfNumbers = async <Row extends Placed, Item>(
  db: Queryable,
  page: NumberPage,
  { columns, joins, toItem }: Shown<Row, Item>,
): Promise<Page<Item>> => {
  const parameters = new SqlParameters();
  const { from, where } = numberSource(page, parameters, { withBindings: false });
  const { orderBy, after } = orderedBy(page, parameters);
  const found = await rows<Row>(
    db,
    `with page as materialized (
       select d.connection_id, d.key from ${from} where ${where} and ${after}
        order by ${orderBy} limit ${parameters.take(page.limit + 1)}
     )
     select ${columns(parameters)}, ${PLACE_COLUMN}
       from page p join dids d on d.connection_id = p.connection_id and d.key = p.key
       join connections c on c.id = d.connection_id ${joins}
      order by ${orderBy}`,
    parameters.values,
  );
  const shown = found.slice(0, page.limit);
  const last = shown.at(-1);
  const nextCursor = found.length > page.limit && last !== undefined ? cursorOf(page, last) : null;
  return { items: shown.map(toItem), nextCursor };
};
