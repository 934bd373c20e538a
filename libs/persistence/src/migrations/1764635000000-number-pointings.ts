import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Where the inbound calls of a number went before its carrier was told to bring them here, and how far that has come. */
export class NumberPointings1764635000000 implements MigrationInterface {
  readonly name = 'NumberPointings1764635000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table number_pointings (
        number_id uuid primary key references phone_numbers (id) on delete cascade,
        wish text not null check (wish in ('point', 'give_back')),
        state text not null check (state in ('pending', 'pointed', 'released', 'failed')),
        -- Sealed: what was there before and what was written since, for the URLs may hold tokens.
        pointers bytea,
        -- What was there before, for people.
        previous text,
        error text,
        tries integer not null default 0,
        -- Which asking or taking is the last one: an earlier one notes nothing any more.
        turn bigint not null default 0,
        held_by bigint,
        held_until timestamptz,
        due_at timestamptz,
        updated_at timestamptz not null default now()
      );
      create index number_pointings_due on number_pointings (due_at) where due_at is not null;
      create index number_pointings_wished on number_pointings (number_id) where wish = 'point';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table number_pointings');
  }
}
