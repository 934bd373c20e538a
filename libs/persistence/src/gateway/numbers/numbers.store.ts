import type { Queryable } from '../../db';
import type { NumberStore as NumberContract, NumberSummary } from './number-store';
import { summarizeNumbers } from './number-summary';

export class NumberStore implements NumberContract {
  constructor(private readonly db: Queryable) {}

  summary(selection: Parameters<NumberContract['summary']>[0]): Promise<NumberSummary> {
    return summarizeNumbers(this.db, selection);
  }
}
