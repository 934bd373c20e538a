import { Cron, CronExpression } from '@nestjs/schedule';
import type { RateBudget } from '@dialtone/engine';
import type { Logger } from '@dialtone/platform';

const IDLE_MS = 86_400_000;

/** Deletes the budgets of logins that have been unused for a day; every login attempt leaves one, also a failed one. */
export class BudgetRetention {
  constructor(
    private readonly budget: Pick<RateBudget, 'forget'>,
    private readonly logger: Pick<Logger, 'info' | 'warn'>,
  ) {}

  @Cron(CronExpression.EVERY_HOUR, { waitForCompletion: true })
  async forget(): Promise<void> {
    try {
      const budgets = await this.budget.forget(IDLE_MS);
      if (budgets > 0) this.logger.info({ budgets }, 'Unused rate budgets forgotten');
    } catch (error) {
      this.logger.warn({ err: error }, 'Unused rate budgets could not be forgotten; next try in an hour');
    }
  }
}
