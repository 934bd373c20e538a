import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The memory of a DID also says whether VoiceLink has ever listed it: `presence.everListed`. Rows of earlier releases say so by
 * their verdict. Of those reported as deleted it is not known any more; what was reported stays.
 */
export class EverListed1764440000000 implements MigrationInterface {
  readonly name = 'EverListed1764440000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      update dids set presence = presence || '{"everListed": true}'
       where state <> 'UNKNOWN' or presence ->> 'did' = 'present' or jsonb_typeof(observation -> 'did') = 'object';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      update dids set presence = presence - 'everListed' where presence -> 'everListed' is not null;
    `);
  }
}
