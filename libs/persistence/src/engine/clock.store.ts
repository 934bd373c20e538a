import type { StoreClock } from '@dialtone/engine';
import { firstRow, ms, type Queryable } from '../db';

/** The database's clock. */
export class DatabaseClock implements StoreClock {
  constructor(private readonly db: Queryable) {}

  async time(): Promise<number> {
    const row = await firstRow<{ time: number }>(this.db, `select ${ms('clock_timestamp()')} as time`);
    if (row === null) throw new Error('The database did not say what time it is.');
    return row.time;
  }
}
