import { createTestDatabase, type TestDatabase } from './test-database';

describe('test services', () => {
  const databases: TestDatabase[] = [];
  afterAll(() => Promise.all(databases.map((database) => database.drop())));

  it('gives every caller a database of its own with the same schema', async () => {
    databases.push(...(await Promise.all([createTestDatabase(), createTestDatabase()])));
    const [first, second] = await Promise.all(databases.map((database) => database.connect(2)));
    const tables = "select count(*)::int as n from pg_tables where schemaname = 'public'";
    const counts = [await first?.query<{ n: number }[]>(tables), await second?.query<{ n: number }[]>(tables)];
    expect(counts[0]?.[0]?.n).toBeGreaterThan(5);
    expect(counts[1]).toEqual(counts[0]);
    await first?.query('create table only_here (id int)');
    await expect(second?.query('select * from only_here')).rejects.toThrow(/does not exist/);
  });
});
