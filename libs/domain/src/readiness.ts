import type { DidKey } from './ids';
import type { Issue } from './issues';
import { ISSUES } from './issues';
import type { RemoteBot } from './remote';
import type { Section } from './snapshot';

/** The nine documented states, and UNKNOWN for a key that never had a complete verdict (only with warnings). */
export type ReadinessState = 'READY' | Issue | 'UNKNOWN';
export const READINESS_STATES: readonly ReadinessState[] = ['READY', ...ISSUES, 'UNKNOWN'];

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
  /** Ordered by precedence; empty when READY or UNKNOWN. */
  readonly issues: readonly Issue[];
  readonly actionItems: readonly ActionItem[];
  /** False when a section that an issue needs was not complete: then the last complete verdict stands, marked stale. */
  readonly complete: boolean;
  readonly unknownSections: readonly Section[];
  /** The bot that serves (or would serve) the DID: routed-to if active, else the one that would be reused. */
  readonly bot: RemoteBot | null;
}
