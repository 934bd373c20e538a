import { createTestDatabase, type TestDatabase } from '@dialtone/persistence/testing';
import type { DataSource } from 'typeorm';

const ASK = 'select * from kept_plans where id > $1 order by id';

describe('a session that keeps plans', () => {
  let database: TestDatabase;
  let source: DataSource;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  beforeEach(async () => {
    // One session, so that each statement finds what those before it left.
    source = await database.connect(1);
    await source.query('drop table if exists kept_plans');
    await source.query('create table kept_plans (id int)');
    await source.query('insert into kept_plans values (1), (2)');
  });
  afterAll(() => database.drop());

  const kept = async (): Promise<number> => {
    const [row] = await source.query<{ n: number }[]>('select count(*)::int as n from pg_prepared_statements');
    return row?.n ?? -1;
  };
  const repeatedly = async (times: number): Promise<unknown> => {
    let found: unknown;
    for (let nth = 0; nth < times; nth += 1) found = await source.query(ASK, [1]);
    return found;
  };

  it('keeps what is asked for often', async () => {
    expect(await repeatedly(8)).toEqual([{ id: 2 }]);
    expect(await kept()).toBe(1);
  });

  it('answers when a table has another column since, and then keeps no more', async () => {
    await repeatedly(8);
    await source.query(`alter table kept_plans add column name text default 'n'`);
    expect(await repeatedly(8)).toEqual([{ id: 2, name: 'n' }]);
  });

  it('answers when what it kept is gone', async () => {
    await repeatedly(8);
    await source.query('deallocate all');
    expect(await repeatedly(2)).toEqual([{ id: 2 }]);
  });

  it('fails the transaction in which it finds that out, and none after it', async () => {
    await repeatedly(8);
    await source.query('deallocate all');
    const failing = source.transaction((tx) => tx.query(ASK, [1]));
    await expect(failing).rejects.toThrow('does not exist');
    expect(await source.transaction((tx) => tx.query(ASK, [1]))).toEqual([{ id: 2 }]);
  });
});
