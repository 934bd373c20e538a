import { backoffMs } from '../backoff';
import type { WebhookAttempt, WebhookSettlement } from '../../ports/webhook-queue';
import type { WebhookAnswer } from '../../ports/webhook-sender';

export interface WebhookPatience {
  /** An event that nothing accepted for so long is given up, ms. */
  readonly giveUpAfterMs: number;
  /** A webhook that has accepted nothing for so long is disabled, ms. */
  readonly disableAfterMs: number;
}

/** The first retries come within seconds, later ones every two hours. */
const RETRIES = { baseMs: 5_000, capMs: 2 * 3_600_000 } as const;
/** For so long the present event has to fail, too: the last failure may have been before a week without events. */
const SURE_MS = 3_600_000;
const GONE = 410;
/** Beyond it the next receivers wait longer than they should. */
const SLOW_MS = 2_000;

const isAccepted = (answer: WebhookAnswer): boolean =>
  answer.kind === 'answer' && answer.status >= 200 && answer.status < 300;

/**
 * What follows an answer. 2xx is success and 410 the end; all else, redirects among it, is tried again after a back-off, or after
 * the time that the receiver asks for if that is longer, two hours at most.
 *
 * @param state before this attempt; the ages include it
 */
export const nextTurn = (
  answer: WebhookAnswer,
  state: { readonly attempts: number; readonly eventAgeMs: number; readonly failingMs: number },
  { patience, random }: { readonly patience: WebhookPatience; readonly random: number },
): WebhookSettlement => {
  if (isAccepted(answer)) return { kind: 'delivered', slow: answer.latencyMs > SLOW_MS, attempts: 0 };
  const failed = { slow: true, attempts: state.attempts + 1 };
  if (answer.kind === 'answer' && answer.status === GONE) return { kind: 'disabled', reason: 'gone', ...failed };
  if (state.failingMs >= patience.disableAfterMs && state.eventAgeMs >= SURE_MS)
    return { kind: 'disabled', reason: 'failing', ...failed };
  if (state.eventAgeMs >= patience.giveUpAfterMs) return { kind: 'given_up', slow: true, attempts: 0 };
  const asked = answer.kind === 'answer' ? (answer.retryAfterMs ?? 0) : 0;
  const inMs = Math.max(backoffMs(state.attempts, RETRIES, random), Math.min(asked, RETRIES.capMs));
  return { kind: 'retry', inMs, ...failed };
};

/** An answer as the delivery log has it. */
export const attemptOf = (
  event: { readonly id: string; readonly type: string },
  attempt: number,
  answer: WebhookAnswer,
): WebhookAttempt => ({
  eventId: event.id,
  eventType: event.type,
  attempt,
  latencyMs: Math.round(answer.latencyMs),
  ...(answer.kind === 'answer'
    ? { status: answer.status, error: null, response: answer.response }
    : { status: null, error: answer.reason, response: null }),
});
