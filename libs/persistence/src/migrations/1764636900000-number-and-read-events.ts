import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Numbers events and shows those that it numbered, so that readers in the same process need no statement of their own; of more than `shown` at
 * once none, since readers that are behind take only what is theirs. One row without an event when there is nothing to show.
 */
export class NumberAndReadEvents1764636900000 implements MigrationInterface {
  readonly name = 'NumberAndReadEvents1764636900000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create function number_and_read_events(most int, shown int)
        returns table (numbered int, "end" bigint, "position" bigint, event_id uuid, type text, connection_id uuid, key text,
                       seq bigint, data jsonb, created_at timestamptz, traceparent text)
        language plpgsql volatile as $$
        #variable_conflict use_column
        declare given int := number_events(most);
        begin
          return query
            select given, m.position, e.position, e.event_id, e.type, e.connection_id, e.key, e.seq, e.data, e.created_at, e.traceparent
              from cursors m
              left join event_log e on given <= shown and e.position > m.position - given and e.position <= m.position
             where m.name = 'sequencer' order by e.position;
        end $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop function number_and_read_events(int, int)');
  }
}
