import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is remembered of how a verdict changed, until when its changes are not told, and which status was told last. */
export class Flapping1764590000000 implements MigrationInterface {
  readonly name = 'Flapping1764590000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table dids
        add column flap jsonb,
        add column flaps_until timestamptz(3);
      create index dids_flapping on dids (flaps_until) where flaps_until is not null;
      alter table bindings add column told_status jsonb;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table bindings drop column told_status;
      alter table dids drop column flap, drop column flaps_until;
    `);
  }
}
