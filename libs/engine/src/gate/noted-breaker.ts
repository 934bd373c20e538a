import type { BreakerState } from './circuit-breaker';

/** What is stored of the breakers of one connection; epoch ms by the store's clock. */
export interface NotedBreaker {
  readonly now: number;
  /** As the breaker said that opened last; null: one has closed since, or none ever opened. */
  readonly unansweredUntil: number | null;
  /** When VoiceLink last answered for the connection. */
  readonly answeredAt: number | null;
}

/**
 * Each process has a breaker of its own for a connection and notes when it opens and closes. One that ended while it was open closes
 * nothing: what VoiceLink has answered since then does.
 */
export const notedBreakerState = ({ now, unansweredUntil, answeredAt }: NotedBreaker): BreakerState => {
  if (unansweredUntil === null) return 'closed';
  if (unansweredUntil > now) return 'open';
  return answeredAt !== null && answeredAt >= unansweredUntil ? 'closed' : 'half_open';
};
