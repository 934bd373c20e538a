import { createRegistry } from '@dialtone/platform';
import { seriesOf } from '../../test/series-of';
import { registerWebhookGauges } from './webhook-gauges';

describe('the gauges of webhooks', () => {
  it.each([
    {
      name: 'dialtone_webhooks',
      want: ['dialtone_webhooks{state="active"} 3', 'dialtone_webhooks{state="disabled"} 1'],
    },
    { name: 'dialtone_webhooks_failing', want: ['dialtone_webhooks_failing 2'] },
    { name: 'dialtone_webhook_oldest_failing_seconds', want: ['dialtone_webhook_oldest_failing_seconds 90'] },
  ])('$name', async ({ name, want }) => {
    const registry = createRegistry();
    const counts = { active: 3, disabled: 1, failing: 2, oldestFailingSeconds: 90 };
    registerWebhookGauges(registry, () => Promise.resolve(counts));
    expect((await seriesOf(registry, name)).filter((line) => /[ {]/.exec(line)?.index === name.length)).toEqual(want);
  });
});
