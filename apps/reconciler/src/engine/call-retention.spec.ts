import { recordedLog } from '../../test/recorded-log';
import { CallRetention } from './call-retention';

describe('CallRetention', () => {
  it('deletes batch after batch, until one is not full', async () => {
    const { logger, lines } = recordedLog();
    const asked: unknown[] = [];
    const batches = [1_000, 7];
    const forget = (request: unknown): Promise<number> => {
      asked.push(request);
      return Promise.resolve(batches.shift() ?? 0);
    };
    await new CallRetention({ forget }, 24, logger).forget();
    expect(asked).toEqual(Array.from({ length: 2 }, () => ({ olderThanMs: 86_400_000, limit: 1_000 })));
    expect(lines).toEqual([expect.objectContaining({ msg: 'Old calls deleted', calls: 1_007 })]);
  });

  it('outlives a database that is away', async () => {
    const { logger, lines } = recordedLog();
    await new CallRetention({ forget: () => Promise.reject(new Error('away')) }, 24, logger).forget();
    expect(lines.map(({ msg }) => msg)).toEqual(['Old calls could not be deleted; next try in an hour']);
  });
});
