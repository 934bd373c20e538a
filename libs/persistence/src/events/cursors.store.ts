import type { Cursors } from '@dialtone/engine';
import { firstRow, hit, type Queryable } from '../db';

export class CursorStore implements Cursors {
  constructor(private readonly db: Queryable) {}

  async get(name: string): Promise<bigint> {
    const row = await firstRow<{ position: string }>(this.db, `select position from cursors where name = $1`, [name]);
    return BigInt(row?.position ?? 0);
  }

  advance(name: string, from: bigint, to: bigint): Promise<boolean> {
    // A cursor that never moved has no row, and is at 0.
    return hit(
      this.db,
      `insert into cursors as c (name, position) select $1, $3::bigint
        where $2::bigint = 0 or exists (select 1 from cursors where name = $1)
       on conflict (name) do update set position = excluded.position, updated_at = now() where c.position = $2::bigint
       returning 1`,
      [name, from.toString(), to.toString()],
    );
  }
}
