import type { Page } from './page';
import type { ReadinessStore as ReadinessContract, StoredReadiness } from './readiness-store';
import type { Queryable } from '../db';
import type { Placed } from './numbers/number-order';
import { pageOfNumbers, type Shown } from './numbers/number-pages';
import { READINESS_COLUMNS, type ReadinessRow, toReadiness } from './readiness-rows';

const SHOWN: Shown<ReadinessRow & Placed, StoredReadiness> = {
  columns: () => READINESS_COLUMNS,
  joins: '',
  toItem: toReadiness,
};

export class ReadinessStore implements ReadinessContract {
  constructor(private readonly db: Queryable) {}

  list(page: Parameters<ReadinessContract['list']>[0]): Promise<Page<StoredReadiness>> {
    return pageOfNumbers(this.db, page, SHOWN);
  }
}
