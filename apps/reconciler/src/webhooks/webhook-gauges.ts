import type { WebhookCounts } from '@dialtone/persistence';
import { registerSnapshotGauges, type Registry } from '@dialtone/platform';

/** How webhooks stand, from the database: the same in every replica. */
export const registerWebhookGauges = (registry: Registry, counts: () => Promise<WebhookCounts | null>): void => {
  registerSnapshotGauges(registry, counts, [
    {
      name: 'dialtone_webhooks',
      help: 'Webhooks of all partners, by state',
      labels: ['state'],
      read: ({ active, disabled }) =>
        Object.entries({ active, disabled }).map(([state, value]) => ({ labels: { state }, value })),
    },
    {
      name: 'dialtone_webhooks_failing',
      help: 'Active webhooks that have accepted nothing since an attempt failed',
      read: ({ failing }) => failing,
    },
    {
      name: 'dialtone_webhook_oldest_failing_seconds',
      help: 'For how long the webhook that fails longest does; 0 when none does',
      read: ({ oldestFailingSeconds }) => oldestFailingSeconds,
    },
  ]);
};
