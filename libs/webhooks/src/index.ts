export { HttpWebhookSender, type WebhookSenderOptions } from './http-webhook-sender';
export { newWebhookSecret } from './signatures';
export { shownUrl, webhookUrlFault } from './webhook-url';
