import type { MigrationInterface, QueryRunner } from 'typeorm';

const noteTurns = (turned: string): string => `
  create or replace function note_binding_turns() returns trigger language plpgsql as $$
  declare
    at timestamptz := clock_timestamp();
  begin
    if new.connection_id <> old.connection_id then
      new.placed_at := at;
      new.outcome_left := '{}';
      new.mode_turns := '{}';
      return new;
    end if;
    if new.outcome <> old.outcome then
      new.outcome_left := old.outcome_left || jsonb_build_object(old.outcome, floor(extract(epoch from at) * 1000));
    end if;
    if ${turned} then
      new.mode_turns := (old.mode_turns || at)[greatest(1, cardinality(old.mode_turns) - 14):];
    end if;
    return new;
  end $$;`;

/** A third mode, which allows some writes: only a change to or from `observe` turns WritesAllowed. */
export class CreateOnly1764560000000 implements MigrationInterface {
  readonly name = 'CreateOnly1764560000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table bindings drop constraint bindings_mode_check;
      alter table bindings add constraint bindings_mode_check check (mode in ('enforce', 'create-only', 'observe')) not valid;
      alter table bindings validate constraint bindings_mode_check;
      ${noteTurns("(new.mode = 'observe') <> (old.mode = 'observe')")}
    `);
  }

  /** The stricter of the two modes that are left. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ${noteTurns('new.mode <> old.mode')}
      update bindings set mode = 'observe' where mode = 'create-only';
      alter table bindings drop constraint bindings_mode_check;
      alter table bindings add constraint bindings_mode_check check (mode in ('enforce', 'observe'));
    `);
  }
}
