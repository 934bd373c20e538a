import { createHmac, randomBytes } from 'node:crypto';

/** Of Standard Webhooks 1.0, https://www.standardwebhooks.com. */
export const WEBHOOK_HEADERS = {
  id: 'webhook-id',
  timestamp: 'webhook-timestamp',
  signature: 'webhook-signature',
} as const;

const PREFIX = 'whsec_';
/** The specification asks for 24 to 64. */
const SECRET_BYTES = 32;

/** A new secret as its receiver keeps it: `whsec_` and base64. */
export const newWebhookSecret = (): string => PREFIX + randomBytes(SECRET_BYTES).toString('base64');

const signatureOf = (secret: string, content: string): string => {
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
  return `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
};

/**
 * The value of `webhook-signature`: one signature for each secret, with blanks between, so that a receiver that knows one of them
 * accepts the message. `timestamp` is that of the attempt, in Unix seconds.
 */
export const signaturesOf = (
  secrets: readonly string[],
  { id, timestamp, body }: { readonly id: string; readonly timestamp: number; readonly body: string },
): string => secrets.map((secret) => signatureOf(secret, `${id}.${String(timestamp)}.${body}`)).join(' ');
