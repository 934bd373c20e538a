import { ScheduleModule, SchedulerRegistry } from '@nestjs/schedule';
import { Test } from '@nestjs/testing';
import { createLogger } from '@dialtone/platform';
import { HistoryRetention } from './history-retention';

const logger = createLogger({ name: 'test', level: 'silent' });

describe('HistoryRetention', () => {
  it('deletes in batches until there is nothing left to delete', async () => {
    const requests: unknown[] = [];
    const answers = [5_000, 5_000, 12];
    const prune = (request: unknown): Promise<number> => {
      requests.push(request);
      return Promise.resolve(answers[requests.length - 1] ?? 0);
    };
    await new HistoryRetention({ prune }, 24, logger).forget();
    expect(requests).toEqual(Array(3).fill({ olderThanMs: 86_400_000, limit: 5_000 }));
  });

  it('is scheduled by its module', async () => {
    const useFactory = (): HistoryRetention => new HistoryRetention({ prune: () => Promise.resolve(0) }, 24, logger);
    const module = await Test.createTestingModule({
      imports: [ScheduleModule.forRoot()],
      providers: [{ provide: HistoryRetention, useFactory }],
    }).compile();
    await module.init();
    expect(module.get(SchedulerRegistry).getCronJobs().size).toBe(1);
    await module.close();
  });

  it('outlives a database that is away', async () => {
    const prune = (): Promise<number> => Promise.reject(new Error('away'));
    await expect(new HistoryRetention({ prune }, 24, logger).forget()).resolves.toBeUndefined();
  });
});
