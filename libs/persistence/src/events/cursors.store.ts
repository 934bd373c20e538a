import type { BranchingCursors } from '@dialtone/engine';
import { firstRow, hit, type Queryable } from '../db';

export class CursorStore implements BranchingCursors {
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

  async branch(name: string, parts: readonly string[]): Promise<void> {
    await this.db.query(
      `insert into cursors as c (name, position)
       select name, coalesce((select position from cursors where name = $1), 0)
         from (select $1 as name union all select $1 || ':' || part from unnest($2::text[]) as given (part)) wanted
       on conflict (name) do update set position = excluded.position, updated_at = now() where c.position < excluded.position`,
      [name, parts],
    );
  }

  async follow(name: string): Promise<void> {
    await this.db.query(
      `update cursors c set position = last.position, updated_at = now()
         from (select min(position) as position from cursors where starts_with(name, $1 || ':')) last
        where c.name = $1 and c.position < last.position`,
      [name],
    );
  }
}
