import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What dates the conditions of a declaration. Triggers note when a value was left, so that no writer of these columns can forget
 * it; what a condition is, and since when, is read from them by the engine. Of rows that were there before, conditions begin now.
 */
export class ConditionTimes1764530000000 implements MigrationInterface {
  readonly name = 'ConditionTimes1764530000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table bindings
        add column placed_at timestamptz not null default now(),
        add column outcome_left jsonb not null default '{}',
        add column mode_turns timestamptz[] not null default '{}',
        add column stall_reason text;
      alter table dids add column ready_since timestamptz(3), add column fresh_since timestamptz(3);
      alter table connections
        add column writes_turns timestamptz[] not null default '{}',
        add column watched_since timestamptz(3);

      -- The sixteen last turns: more of them within one and the same answer only make it seem younger.
      create function note_binding_turns() returns trigger language plpgsql as $$
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
        if new.mode <> old.mode then
          new.mode_turns := (old.mode_turns || at)[greatest(1, cardinality(old.mode_turns) - 14):];
        end if;
        return new;
      end $$;
      create trigger binding_turns before update of outcome, mode, connection_id on bindings for each row
        when (new.outcome <> old.outcome or new.mode <> old.mode or new.connection_id <> old.connection_id)
        execute function note_binding_turns();

      create function note_connection_turns() returns trigger language plpgsql as $$
      begin
        new.writes_turns := (old.writes_turns || clock_timestamp())[greatest(1, cardinality(old.writes_turns) - 14):];
        return new;
      end $$;
      create trigger connection_turns before update of writes_held, status on connections for each row
        when ((new.writes_held is null and new.status = 'ACTIVE') <> (old.writes_held is null and old.status = 'ACTIVE'))
        execute function note_connection_turns();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop trigger binding_turns on bindings;
      drop trigger connection_turns on connections;
      drop function note_binding_turns();
      drop function note_connection_turns();
      alter table bindings drop column placed_at, drop column outcome_left, drop column mode_turns, drop column stall_reason;
      alter table dids drop column ready_since, drop column fresh_since;
      alter table connections drop column writes_turns, drop column watched_since;
    `);
  }
}
