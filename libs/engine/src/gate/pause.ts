import type { Outcome } from '../ports/outcome';
import type { UpstreamPause } from '../ports/upstream';

/** The same every time: a status that only counts down would be news with every look. */
export const PAUSE_TEXT: Readonly<Record<UpstreamPause['why'], string>> = {
  unavailable: 'VoiceLink does not answer; it is tried again soon',
  rate_limited: 'VoiceLink takes no more requests for now; this goes on when it does',
};

/** Longer than the pause, whatever jitter takes off: coming too early costs another wait. */
export const pauseMargin = (forMs: number): number => Math.ceil(forMs * 1.2);

/**
 * What a reconcile comes to while nothing can be sent: it waits. That is no failure of this key, so it is not backed off
 * from. What was found out before the pause stands.
 */
export const outcomeDuring = ({ why, forMs }: UpstreamPause, outcome: Outcome | null = null): Outcome => {
  const requeueAfterMs = pauseMargin(forMs);
  switch (outcome?.kind) {
    case 'settled':
    case 'stalled':
      return outcome;
    case 'progressing':
      if (outcome.until !== undefined) return outcome;
      return { ...outcome, requeueAfterMs: Math.max(outcome.requeueAfterMs, requeueAfterMs) };
    case 'retry':
    case undefined:
      return { kind: 'progressing', requeueAfterMs, reason: PAUSE_TEXT[why] };
  }
};
