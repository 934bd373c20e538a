import { createLogger } from '@dialtone/platform';
import { TrendKeeping } from './trend-keeping';

const logger = createLogger({ name: 'test', level: 'silent' });
const SETTINGS = { freshForMs: 120_000, retentionDays: 400 };

describe('TrendKeeping', () => {
  it('deletes hours after some days and days after what is configured, in batches', async () => {
    const asked: unknown[] = [];
    const answers = [5_000, 3];
    const prune = (input: unknown): Promise<number> => {
      asked.push(input);
      return Promise.resolve(answers.shift() ?? 0);
    };
    await new TrendKeeping({ prune, count: () => Promise.resolve() }, SETTINGS, logger).prune();
    expect(asked).toEqual([
      { step: 'hour', olderThanDays: 8, limit: 5_000 },
      { step: 'hour', olderThanDays: 8, limit: 5_000 },
      { step: 'day', olderThanDays: 400, limit: 5_000 },
    ]);
  });

  it('counts with what is fresh, and outlives a database that is away', async () => {
    const asked: unknown[] = [];
    const away = (input: unknown): Promise<never> => {
      asked.push(input);
      return Promise.reject(new Error('away'));
    };
    const keeping = new TrendKeeping({ prune: away, count: away }, SETTINGS, logger);
    await expect(keeping.count()).resolves.toBeUndefined();
    await expect(keeping.prune()).resolves.toBeUndefined();
    expect(asked[0]).toMatchObject({ freshForMs: 120_000 });
  });
});
