import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Requests per API key and minute. */
export class RequestWindows1764210000000 implements MigrationInterface {
  readonly name = 'RequestWindows1764210000000';

  // Unlogged: written on every request, so its commits must not wait for the disk, and losing it in a crash only forgives
  // a minute. No foreign key: the key was checked by the request that is counted.
  private static readonly up = `
create unlogged table request_windows (
  api_key_id text not null,
  bucket text not null,
  started_at timestamptz not null,
  used bigint not null,
  primary key (api_key_id, bucket)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);
`;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(RequestWindows1764210000000.up);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table request_windows');
  }
}
