import type { DidKey } from './ids';
import type { Issue } from './issues';
import { ISSUES } from './issues';
import type { RemoteBot } from './remote';
import type { Section } from './snapshot';

/** VoiceLink has never listed the number: nothing has drifted, and nothing can be ready. */
export const NEVER_SEEN = 'REMOTE_DID_NEVER_SEEN';

/**
 * The nine documented states, and two without issues: `REMOTE_DID_NEVER_SEEN`, and UNKNOWN for a key that never had a complete
 * verdict (only with warnings).
 */
export type ReadinessState = 'READY' | Issue | typeof NEVER_SEEN | 'UNKNOWN';
export const READINESS_STATES: readonly ReadinessState[] = ['READY', ...ISSUES, NEVER_SEEN, 'UNKNOWN'];

export interface ActionItem {
  readonly code: Issue;
  readonly label: string;
}

/** The verdict on one key. Derived; never edited. */
export interface Readiness {
  readonly key: DidKey;
  /** `+` and the digits of the number. */
  readonly phoneNumber: string;
  readonly state: ReadinessState;
  /** Ordered by precedence; empty when READY, never seen or UNKNOWN. */
  readonly issues: readonly Issue[];
  readonly actionItems: readonly ActionItem[];
  /** False when a section that an issue needs was not complete: then the last complete verdict stands, marked stale. */
  readonly complete: boolean;
  readonly unknownSections: readonly Section[];
  /** The bot that serves (or would serve) the DID: routed-to if active, else the one that would be reused. */
  readonly bot: RemoteBot | null;
}
