import { createTestDatabase, type TestDatabase, undoThrough } from '@dialtone/persistence/testing';
import { createDataSource } from '../data-source';
import { migrate } from '../migrate';
import { NameKeys1764340000000 } from './1764340000000-name-keys';

describe('names that were given before they were compared by what they look like', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  it('keep their owners; of several that look the same the oldest counts from then on', async () => {
    const source = await createDataSource({
      url: database.ownerUrl,
      poolSize: 2,
      applicationName: 'test',
    }).initialize();
    try {
      await undoThrough(source, new NameKeys1764340000000());
      await source.query(`
        insert into partners (id, name, created_at) values
          ('00000000-0000-4000-8000-000000000001', 'Acme', '2026-01-02'),
          ('00000000-0000-4000-8000-000000000002', 'ACME ', '2026-01-01');
        insert into agents (id, partner_id, name, created_at, deleted_at) values
          ('10000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000001', 'École', '2026-01-01', null),
          ('10000000-0000-4000-8000-000000000002', '00000000-0000-4000-8000-000000000001', 'éCOLE', '2026-01-02', null),
          ('10000000-0000-4000-8000-000000000003', '00000000-0000-4000-8000-000000000001', 'école', '2025-01-01', now()),
          ('10000000-0000-4000-8000-000000000004', '00000000-0000-4000-8000-000000000002', 'école', '2026-01-01', null);
      `);
      await migrate(source);
      const keysOf = async (table: string): Promise<unknown> =>
        (await source.query<{ name_key: string | null }[]>(`select name_key from ${table} order by id`)).map(
          ({ name_key }) => name_key,
        );
      expect(await keysOf('partners')).toEqual([null, 'ACME']);
      expect(await keysOf('agents')).toEqual(['ÉCOLE', null, null, 'ÉCOLE']);
    } finally {
      await source.destroy();
    }
  });
});
