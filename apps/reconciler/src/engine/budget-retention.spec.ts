import { ScheduleModule, SchedulerRegistry } from '@nestjs/schedule';
import { Test } from '@nestjs/testing';
import { createLogger } from '@dialtone/platform';
import { BudgetRetention } from './budget-retention';

const logger = createLogger({ name: 'test', level: 'silent' });

describe('BudgetRetention', () => {
  it('forgets what was not used for a day', async () => {
    const asked: number[] = [];
    const forget = (idleMs: number): Promise<number> => Promise.resolve(asked.push(idleMs));
    await new BudgetRetention({ forget }, logger).forget();
    expect(asked).toEqual([86_400_000]);
  });

  it('is scheduled by its module', async () => {
    const useFactory = (): BudgetRetention => new BudgetRetention({ forget: () => Promise.resolve(0) }, logger);
    const module = await Test.createTestingModule({
      imports: [ScheduleModule.forRoot()],
      providers: [{ provide: BudgetRetention, useFactory }],
    }).compile();
    await module.init();
    expect(module.get(SchedulerRegistry).getCronJobs().size).toBe(1);
    await module.close();
  });

  it('outlives a database that is away', async () => {
    const forget = (): Promise<number> => Promise.reject(new Error('away'));
    await expect(new BudgetRetention({ forget }, logger).forget()).resolves.toBeUndefined();
  });
});
