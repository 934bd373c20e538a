import type { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '@dialtone/persistence/testing';
import type { Queryable } from './db';
import { transact } from './transact';

describe('a transaction that ends as its work says', () => {
  let database: TestDatabase;
  let source: DataSource;
  beforeAll(async () => {
    database = await createTestDatabase();
    // A connection that is not given back would make the next test wait for ever.
    source = await database.connect(1);
  });
  beforeEach(() => source.query('delete from request_windows'));
  afterAll(() => database.drop());

  const insert = (tx: Queryable): Promise<unknown> =>
    tx.query(`insert into request_windows (api_key_id, bucket, started_at, used) values ('k', 'general', now(), 1)`);
  const kept = async (): Promise<number> => {
    const [row] = await source.query<{ count: number }[]>('select count(*)::int as count from request_windows');
    return row?.count ?? -1;
  };

  it('keeps its writes when it is to be committed, and answers', async () => {
    const answer = await transact(source, async (tx) => {
      await insert(tx);
      return { commit: 'written' };
    });
    expect([answer, await kept()]).toEqual(['written', 1]);
  });

  it('leaves nothing when it is to be rolled back, and answers all the same', async () => {
    const answer = await transact(source, async (tx) => {
      await insert(tx);
      return { rollback: 'nothing to write' };
    });
    expect([answer, await kept()]).toEqual(['nothing to write', 0]);
  });

  it.each([
    ['of its own', (): Promise<never> => Promise.reject(new Error('a defect'))],
    ['of the database', (tx: Queryable): Promise<unknown> => tx.query('select 1 from a_defect')],
  ])('leaves nothing after an error %s, and throws it on', async (_, fail) => {
    const failing = transact(source, async (tx) => {
      await insert(tx);
      await fail(tx);
      return { commit: null };
    });
    await expect(failing).rejects.toThrow('defect');
    expect(await kept()).toBe(0);
  });
});
