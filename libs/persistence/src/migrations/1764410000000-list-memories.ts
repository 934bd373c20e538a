import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What complete lists have shown, so that an empty or shrunken one is told from news. */
export class ListMemories1764410000000 implements MigrationInterface {
  readonly name = 'ListMemories1764410000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table list_memories (
        connection_id uuid not null references connections (id),
        section text not null,
        version bigint not null,
        memory jsonb not null,
        suspect_since timestamptz,
        primary key (connection_id, section)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table list_memories;`);
  }
}
