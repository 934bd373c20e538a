import { observeKey, type DidKey, type KeyObservation } from '@dialtone/domain';

/** The observation of a number before its first reconcile: nothing is known, so every step is blocked. */
export const unobserved = (key: DidKey, declaredClientId: number | null): KeyObservation =>
  observeKey({
    key,
    observedAt: 0,
    dids: null,
    bots: null,
    routing: null,
    local: null,
    declaredClientId,
    misreportedBotIds: new Set(),
  });
