import { ScheduleModule, SchedulerRegistry } from '@nestjs/schedule';
import { Test } from '@nestjs/testing';
import { createLogger } from '@dialtone/platform';
import { EventRetention } from './event-retention';

const logger = createLogger({ name: 'test', level: 'silent' });

describe('EventRetention', () => {
  it('deletes in batches until there is nothing left to delete', async () => {
    const requests: unknown[] = [];
    const answers = [5_000, 5_000, 12];
    const prune = (request: unknown): Promise<number> => {
      requests.push(request);
      return Promise.resolve(answers[requests.length - 1] ?? 0);
    };
    await new EventRetention({ prune }, 24, logger).forget();
    const cursorOf = expect.objectContaining({
      'dialtone.drift.detected.v1': 'kafka:voicelink.drift.v1',
      'dialtone.warning.raised.v1': 'kafka:voicelink.warnings.v1',
    }) as object;
    expect(requests).toEqual(Array(3).fill({ cursorOf, olderThanMs: 86_400_000, limit: 5_000 }));
  });

  it('is scheduled by its module', async () => {
    const useFactory = (): EventRetention => new EventRetention({ prune: () => Promise.resolve(0) }, 24, logger);
    const module = await Test.createTestingModule({
      imports: [ScheduleModule.forRoot()],
      providers: [{ provide: EventRetention, useFactory }],
    }).compile();
    await module.init();
    expect(module.get(SchedulerRegistry).getCronJobs().size).toBe(1);
    await module.close();
  });

  it('outlives a database that is away', async () => {
    const prune = (): Promise<number> => Promise.reject(new Error('away'));
    await expect(new EventRetention({ prune }, 24, logger).forget()).resolves.toBeUndefined();
  });
});
