import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Since when a number is in its state: what lists are sorted by. A trigger notes it, so that no writer of the state can forget it. Of
 * rows that were there before, states begin now.
 */
export class StateSince1764540000000 implements MigrationInterface {
  readonly name = 'StateSince1764540000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table dids add column state_since timestamptz(3) not null default now();
      create index dids_since on dids (connection_id, state_since, key);

      create function note_state_turn() returns trigger language plpgsql as $$
      begin
        new.state_since := clock_timestamp();
        return new;
      end $$;
      create trigger state_turn before update of state on dids for each row
        when (new.state <> old.state) execute function note_state_turn();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop trigger state_turn on dids;
      drop function note_state_turn();
      alter table dids drop column state_since;
    `);
  }
}
