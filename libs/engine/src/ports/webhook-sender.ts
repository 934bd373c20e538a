import type { WebhookTarget } from './webhook-queue';

/** Signed as it is; `id` is the same for every attempt. */
export interface WebhookMessage {
  readonly id: string;
  /** JSON. */
  readonly body: string;
}

/** No text in it holds a part of the URL or a secret. */
export type WebhookAnswer = {
  readonly latencyMs: number;
} & (
  | {
      readonly kind: 'answer';
      readonly status: number;
      /** How long the receiver asks to wait; null: it does not. */
      readonly retryAfterMs: number | null;
      /** The beginning of the body; null: it is empty. */
      readonly response: string | null;
    }
  | { readonly kind: 'no_answer'; readonly reason: string }
);

/** Sends one message once, in bounded time. Never rejects. */
export interface WebhookSender {
  send(target: WebhookTarget, message: WebhookMessage): Promise<WebhookAnswer>;
}
