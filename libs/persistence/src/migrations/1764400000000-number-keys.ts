import { canonicalKey } from '@dialtone/domain';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { rows } from '../db';
import { rekeyDeclarations } from '../rekey/rekey-declarations';
import { rekeyInventory } from '../rekey/rekey-inventory';

/** Numbers that had several keys, by how they were spelled, have one. What was merged stands in `number_rekeys`. */
export class NumberKeys1764400000000 implements MigrationInterface {
  readonly name = 'NumberKeys1764400000000';

  /** `content` is a removed row as it was, or one that lost its inbound calls. */
  private static readonly report = `
create table number_rekeys (
  id bigint generated always as identity primary key,
  rekeyed_at timestamptz not null default now(),
  table_name text not null,
  action text not null check (action in ('moved', 'merged', 'inbound_disabled')),
  connection_id uuid not null,
  old_key text not null,
  new_key text not null,
  kept_id uuid not null,
  content jsonb
);
`;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(NumberKeys1764400000000.report);
    await this.listKeys(runner);
    await rekeyDeclarations(runner);
    await rekeyInventory(runner);
    await runner.query(`
      update upstream_writes w set key = r.new_key from rekeys r where w.key = r.old_key;
      drop table rekeys;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table number_rekeys');
  }

  /** The table `rekeys`: each stored key that is another one today. */
  private async listKeys(runner: QueryRunner): Promise<void> {
    const stored = await rows<{ key: string }>(
      runner,
      `select key from dids union select key from binding_tombstones union select key from phone_numbers
       union select key from upstream_writes where key is not null`,
    );
    const changed = stored.flatMap(({ key }) => {
      const today = canonicalKey(key);
      return today === null || today === key ? [] : [{ key, today }];
    });
    await runner.query('create temp table rekeys (old_key text primary key, new_key text not null)');
    await runner.query('insert into rekeys select * from unnest($1::text[], $2::text[])', [
      changed.map(({ key }) => key),
      changed.map(({ today }) => today),
    ]);
  }
}
