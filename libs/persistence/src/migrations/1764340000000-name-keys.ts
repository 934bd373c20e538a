import type { MigrationInterface, QueryRunner } from 'typeorm';
import { nameKey } from '../name-key';

interface Named {
  readonly id: string;
  readonly scope: string;
  readonly name: string;
}

/** Names that look the same count as the same, of agents within their partner and of partners. */
export class NameKeys1764340000000 implements MigrationInterface {
  readonly name = 'NameKeys1764340000000';

  async up(runner: QueryRunner): Promise<void> {
    // Null: written by a process of the release before, or made before names were compared like this, beside an older one.
    await runner.query(`
      alter table agents add column name_key text;
      alter table partners add column name_key text;
    `);
    await this.fill(runner, 'agents', 'partner_id::text');
    await this.fill(runner, 'partners', `''`);
    // The indexes on the names themselves stay, for processes of the release before.
    await runner.query(`
      create unique index agents_name_key on agents (partner_id, name_key) where deleted_at is null;
      create unique index partners_name_key on partners (name_key) where deleted_at is null;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table agents drop column name_key;
      alter table partners drop column name_key;
    `);
  }

  /** The oldest of several that look the same gets the key. */
  private async fill(runner: QueryRunner, table: 'agents' | 'partners', scope: string): Promise<void> {
    const rows = (await runner.query(
      `select id, ${scope} as scope, name from ${table} where deleted_at is null order by created_at, id`,
    )) as readonly Named[];
    const byKey = new Map<string, readonly [id: string, key: string]>();
    for (const row of rows) {
      const key = nameKey(row.name);
      const place = `${row.scope}/${key}`;
      if (!byKey.has(place)) byKey.set(place, [row.id, key]);
    }
    const found = [...byKey.values()];
    await runner.query(
      `update ${table} t set name_key = given.key from unnest($1::uuid[], $2::text[]) as given (id, key) where t.id = given.id`,
      [found.map(([id]) => id), found.map(([, key]) => key)],
    );
  }
}
