import type { AgentId, DidKey, PhoneNumberId } from './ids';
import type { RemoteBot, RemoteDid, RemoteRouting } from './remote';
import type { Section } from './snapshot';

/** In the order of precedence: the first issue that holds is the state (ARCHITECTURE: Decisions are pure). */
export const ISSUES = [
  'REMOTE_DID_DELETED',
  'REMOTE_DID_EXPIRED',
  'NOT_IMPORTED',
  'NO_CLIENT_MAPPING',
  'NO_BOT',
  'ROUTING_MISSING',
  'ROUTING_CHANGED',
  'NO_VOCOBASE_AGENT',
] as const;
export type Issue = (typeof ISSUES)[number];

/** The nine documented states, and UNKNOWN for a key that never had a complete verdict (only with warnings). */
export type ReadinessState = 'READY' | Issue | 'UNKNOWN';
export const READINESS_STATES: readonly ReadinessState[] = ['READY', ...ISSUES, 'UNKNOWN'];

export interface ActionItem {
  readonly code: Issue;
  readonly label: string;
}

/** A local inventory row, as far as readiness needs it. */
export interface LocalPhoneNumber {
  readonly id: PhoneNumberId;
  readonly key: DidKey;
  readonly agentId: AgentId | null;
  readonly agentName: string | null;
}

/**
 * What earlier complete listings said about one thing: absence of something once seen is believed only after two
 * complete listings in a row (`suspect`, then `absent`).
 */
export type Presence = 'unknown' | 'present' | 'suspect' | 'absent';
export interface PresenceMemory {
  readonly did: Presence;
  readonly bot: Presence;
  readonly routing: Presence;
}

/** Everything known of one key at one time; what the judge and the planner decide from. JSON-safe. */
export interface KeyObservation {
  readonly key: DidKey;
  /** Database time (epoch ms) before the first listing was requested. */
  readonly observedAt: number;
  /** Sections that were not complete: their facts are unknown, not absent. */
  readonly unknown: readonly Section[];
  readonly did: RemoteDid | null;
  /** All listed bots of the mapped client (or of the declared client while unmapped), sorted by id. */
  readonly bots: readonly RemoteBot[];
  /** The routing record of the key; with several, the lowest id (`extraRoutingIds` has the others). */
  readonly routing: RemoteRouting | null;
  readonly extraRoutingIds: readonly number[];
  /** Bots whose listed status was proven wrong: listed 0 right after VoiceLink accepted status 1. */
  readonly misreportedBotIds: readonly number[];
  readonly local: LocalPhoneNumber | null;
  readonly presence: PresenceMemory;
}

/** The verdict on one key. Derived; never edited. */
export interface Readiness {
  readonly key: DidKey;
  /** `+` and the key. */
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
