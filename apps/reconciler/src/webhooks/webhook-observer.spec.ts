import type { ClaimedWebhook } from '@dialtone/engine';
import { createRegistry, webhookMetrics } from '@dialtone/platform';
import { recordedLog } from '../../test/recorded-log';
import { seriesOf } from '../../test/series-of';
import { webhookObserver } from './webhook-observer';

describe('a webhook that no key opens', () => {
  it('is counted for an alert, from 0, and named in the log', async () => {
    const [registry, { logger, lines }] = [createRegistry(), recordedLog()];
    const observer = webhookObserver(logger, webhookMetrics(registry));
    const counted = () => seriesOf(registry, 'dialtone_webhook_unreadable_total');
    expect(await counted()).toEqual(['dialtone_webhook_unreadable_total 0']);
    observer.unreadable({ id: 'w1', partnerId: 'p1' } as Pick<ClaimedWebhook, 'id' | 'partnerId'>);
    expect(await counted()).toEqual(['dialtone_webhook_unreadable_total 1']);
    expect(lines).toMatchObject([{ level: 'error', webhook_id: 'w1', partner_id: 'p1' }]);
  });
});
