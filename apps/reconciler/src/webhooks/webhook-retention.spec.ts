import { recordedLog } from '../../test/recorded-log';
import { WebhookRetention } from './webhook-retention';

describe('the retention of delivery logs', () => {
  it('deletes batches until one is not full, and tells how many attempts', async () => {
    const { logger, lines } = recordedLog();
    const asked: unknown[] = [];
    const left = [5_000, 12];
    const forget = (request: unknown): Promise<number> => {
      asked.push(request);
      return Promise.resolve(left.shift() ?? 0);
    };
    await new WebhookRetention({ forget }, 2, logger).forget();
    expect(asked).toEqual(Array.from({ length: 2 }, () => ({ olderThanMs: 7_200_000, limit: 5_000 })));
    expect(lines).toMatchObject([{ attempts: 5_012, msg: 'Old attempts at webhooks deleted' }]);
  });
});
