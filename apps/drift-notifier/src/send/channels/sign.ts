import { createHmac } from 'node:crypto';

const PREFIX = 'whsec_';

/**
 * Headers after Standard Webhooks: `webhook-signature` is `v1,` and the base64 of HMAC-SHA256 over `<id>.<timestamp>.<body>`.
 * Without a secret the id and the time alone.
 */
export const webhookHeaders = (input: {
  readonly id: string;
  readonly secret: string | null;
  readonly body: string;
  /** Epoch ms: of this attempt. */
  readonly at: number;
}): Readonly<Record<string, string>> => {
  const timestamp = String(Math.floor(input.at / 1_000));
  const headers = { 'webhook-id': input.id, 'webhook-timestamp': timestamp };
  if (input.secret === null) return headers;
  const key = Buffer.from(input.secret.slice(PREFIX.length), 'base64');
  const signature = createHmac('sha256', key).update(`${input.id}.${timestamp}.${input.body}`).digest('base64');
  return { ...headers, 'webhook-signature': `v1,${signature}` };
};
