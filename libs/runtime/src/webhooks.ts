import type { GatewayConfig, ReconcilerConfig } from '@dialtone/platform';
import { HttpWebhookSender } from '@dialtone/webhooks';

type WebhookConfig = Pick<GatewayConfig & ReconcilerConfig, 'webhookPrivateNetworks' | 'webhookTimeoutMs'>;

/** The receivers of webhooks, as this deployment reaches them. */
export const webhookSenderOf = (config: WebhookConfig): HttpWebhookSender =>
  new HttpWebhookSender({
    privateNetworks: config.webhookPrivateNetworks,
    timeoutMs: config.webhookTimeoutMs,
    now: Date.now,
  });
