import type { Issue } from '@dialtone/domain';

/**
 * What one reconcile came to. `settled`: nothing left to do; look again after the resync interval. `progressing`: a known
 * wait (a hold, another holder, a late effect). `retry`: something failed that may work later. `stalled`: only a human
 * or a new declaration can help; every one says what.
 */
export type Outcome =
  | { readonly kind: 'settled' }
  | { readonly kind: 'progressing'; readonly requeueAfterMs: number; readonly reason: string }
  | { readonly kind: 'retry'; readonly error: string; readonly retryAfterMs: number | null }
  | { readonly kind: 'stalled'; readonly issues: readonly Issue[]; readonly message: string };

export type OutcomeKind = Outcome['kind'];
