import type { Queryable } from '../db';
import { JoinedReads } from './joined-reads';

/** A database that answers each statement with what it was asked, or fails those that name a word. */
const recording = (failing: (sql: string) => Error | null = () => null) => {
  const sent: { readonly sql: string; readonly parameters: readonly unknown[] }[] = [];
  const db: Queryable = {
    query: (sql, parameters = []) => {
      sent.push({ sql, parameters });
      const failure = failing(sql);
      if (failure !== null) return Promise.reject(failure);
      const columns = [...sql.matchAll(/read_(\d+)/g)].map(([name]) => [name, [{ of: name }]]);
      return Promise.resolve(columns.length === 0 ? [{ of: sql }] : [Object.fromEntries(columns)]);
    },
  };
  return { sent, reads: new JoinedReads(db) };
};

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('reads of one turn of the event loop', () => {
  it('are one statement, in which each keeps its own parameters and gets its own rows', async () => {
    const { sent, reads } = recording();
    const found = await Promise.all([
      reads.query('select a from t where b = $1 and c = $2', [1, 2]),
      reads.query('select now()'),
      reads.query('select d from t where e = any($1) or f = $2 or g = $1', [[3], 4]),
    ]);
    // In the order of their texts.
    expect(found).toEqual([[{ of: 'read_0' }], [{ of: 'read_2' }], [{ of: 'read_1' }]]);
    expect(sent).toHaveLength(1);
    expect(sent[0]?.parameters).toEqual([1, 2, [3], 4]);
    expect(sent[0]?.sql).toContain('(select a from t where b = $1 and c = $2)');
    expect(sent[0]?.sql).toContain('(select d from t where e = any($3) or f = $4 or g = $3)');
  });

  it('is sent as it is when it is the only one', async () => {
    const { sent, reads } = recording();
    expect(await reads.query('select a from t where b = $1', [1])).toEqual([{ of: 'select a from t where b = $1' }]);
    expect(sent).toEqual([{ sql: 'select a from t where b = $1', parameters: [1] }]);
  });

  it('of a later turn are never answered by a statement that began before they were asked', async () => {
    const { sent, reads } = recording();
    const first = reads.query('select 1');
    await turn();
    const second = reads.query('select 2');
    expect(sent.map(({ sql }) => sql)).toEqual(['select 1']);
    await Promise.all([first, second]);
    expect(sent.map(({ sql }) => sql)).toEqual(['select 1', 'select 2']);
  });

  it('are sent one by one when they fail together, so that one fails alone', async () => {
    const { reads } = recording((sql) => (sql.includes('bad') ? new Error('refused') : null));
    const found = await Promise.allSettled(['select 1', 'select bad', 'select 2'].map((sql) => reads.query(sql)));
    expect(found.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('are not repeated while the database is away', async () => {
    const { sent, reads } = recording(() => Object.assign(new Error('no'), { code: 'ECONNREFUSED' }));
    const found = await Promise.allSettled(['select 1', 'select 2'].map((sql) => reads.query(sql)));
    expect(found.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(sent).toHaveLength(1);
  });
});
