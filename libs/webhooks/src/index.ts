export { HttpWebhookSender, type WebhookSenderOptions } from './http-webhook-sender';
export { newWebhookSecret, signaturesOf, WEBHOOK_HEADERS } from './signatures';
export { shownUrl, webhookUrlFault } from './webhook-url';
