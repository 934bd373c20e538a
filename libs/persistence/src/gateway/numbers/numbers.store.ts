import { firstRow, type Queryable } from '../../db';
import type { Page } from '../page';
import { numberSource } from './number-conditions';
import { pageOfNumbers } from './number-pages';
import { numbersShown } from './number-rows';
import type { NumberRow, NumberSelection, NumberStore as NumberContract, NumberSummary } from './number-store';
import { summarizeNumbers } from './number-summary';
import { SqlParameters } from './sql-parameters';

export class NumberStore implements NumberContract {
  constructor(private readonly db: Queryable) {}

  list({ freshForMs, ...page }: Parameters<NumberContract['list']>[0]): Promise<Page<NumberRow>> {
    return pageOfNumbers(this.db, page, numbersShown(freshForMs));
  }

  async count(selection: NumberSelection): Promise<number> {
    const parameters = new SqlParameters();
    const { from, where } = numberSource(selection, parameters, { withBindings: false });
    const sql = `select count(*)::float8 as count from ${from} where ${where}`;
    return (await firstRow<{ count: number }>(this.db, sql, parameters.values))?.count ?? 0;
  }

  summary(selection: Parameters<NumberContract['summary']>[0]): Promise<NumberSummary> {
    return summarizeNumbers(this.db, selection);
  }
}
