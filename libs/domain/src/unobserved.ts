import type { DidKey } from './ids';
import type { KeyObservation } from './observation';
import { observeKey, type KeyFacts } from './observe';

/** What is known of a number while nothing of VoiceLink was looked at: at most what our inventory and its declaration say. */
export const unobserved = (
  key: DidKey,
  { local = null, declaredClientId = null }: Partial<Pick<KeyFacts, 'local' | 'declaredClientId'>>,
): KeyObservation =>
  observeKey({
    key,
    observedAt: 0,
    dids: null,
    bots: null,
    routing: null,
    local,
    declaredClientId,
    misreportedBotIds: new Set(),
  });
