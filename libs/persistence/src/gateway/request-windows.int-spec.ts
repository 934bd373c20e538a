import { createTestDatabase, type TestDatabase } from '@dialtone/testing';
import { RequestWindowStore } from './request-windows.store';

const MINUTE = 60_000;

describe('windows of requests', () => {
  let database: TestDatabase;
  let windows: RequestWindowStore;
  let query: (sql: string) => Promise<unknown>;
  beforeAll(async () => {
    database = await createTestDatabase();
    const source = await database.connect(8);
    windows = new RequestWindowStore(source);
    query = (sql) => source.query(sql);
  });
  beforeEach(() => query('delete from request_windows'));
  afterAll(() => database.drop());

  const move = (by: string): Promise<unknown> =>
    query(`update request_windows set started_at = started_at + interval '${by}'`);

  it('count from the first request on, and say when they end', async () => {
    const first = await windows.count('k', 'general', MINUTE);
    expect(first).toEqual({ used: 1, resetMs: MINUTE });
    await move('-20 seconds');
    const second = await windows.count('k', 'general', MINUTE);
    expect(second.used).toBe(2);
    expect(second.resetMs).toBeLessThanOrEqual(MINUTE - 20_000);
    expect(second.resetMs).toBeGreaterThan(MINUTE - 30_000);
  });

  it('end after their length, and begin anew with the next request', async () => {
    await windows.count('k', 'general', MINUTE);
    await windows.count('k', 'general', MINUTE);
    await move('-60 seconds');
    expect(await windows.count('k', 'general', MINUTE)).toEqual({ used: 1, resetMs: MINUTE });
  });

  it('do not last longer because the clock was set back', async () => {
    await windows.count('k', 'general', MINUTE);
    await move('2 hours');
    expect(await windows.count('k', 'general', MINUTE)).toEqual({ used: 1, resetMs: MINUTE });
  });

  it('are not opened twice by requests that overlap', async () => {
    await windows.count('k', 'general', MINUTE);
    // As another request leaves it that began later and was quicker.
    await move('3 seconds');
    expect((await windows.count('k', 'general', MINUTE)).used).toBe(2);
  });

  it('are apart for each key and each bucket', async () => {
    await windows.count('k', 'general', MINUTE);
    expect((await windows.count('k', 'calls', MINUTE)).used).toBe(1);
    expect((await windows.count('l', 'general', MINUTE)).used).toBe(1);
  });

  it('count every one of many requests at once exactly once', async () => {
    const uses = await Promise.all(Array.from({ length: 100 }, () => windows.count('k', 'general', MINUTE)));
    expect(uses.map(({ used }) => used).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 100 }, (_, i) => i + 1),
    );
  });
});
