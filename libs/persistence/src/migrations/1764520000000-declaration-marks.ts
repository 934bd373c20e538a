import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Labels and manager of declarations. The index has labelled rows only: a row is written with every reconcile, and one without
 * labels adds nothing to it.
 */
export class DeclarationMarks1764520000000 implements MigrationInterface {
  readonly name = 'DeclarationMarks1764520000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table bindings add column labels jsonb not null default '{}', add column manager text;
      create index bindings_labels on bindings using gin (labels) where labels <> '{}';
      create index bindings_manager on bindings (partner_id, manager, key) where manager is not null;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table bindings drop column labels, drop column manager');
  }
}
