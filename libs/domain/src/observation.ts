import type { AgentId, DidKey, PhoneNumberId } from './ids';
import type { ValueMemory } from './listed-values';
import type { RemoteBot, RemoteDid, RemoteRouting } from './remote';
import type { Section } from './snapshot';

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
  /** A complete listing has had the DID at some time, whatever became of it. Never forgotten. */
  readonly everListed?: true;
  /** What the listings showed of what can change; left out while that is not remembered. */
  readonly values?: ValueMemory;
}

/** Everything known of one key at one time; what the judge and the planner decide from. JSON-safe. */
export interface KeyObservation {
  readonly key: DidKey;
  /** Database time (epoch ms) before the first listing was requested. */
  readonly observedAt: number;
  /** Sections that say nothing about this key: their facts are unknown, not absent. */
  readonly unknown: readonly Section[];
  /** Those of them that were listed whole, and hold a value of this key that cannot be read. Left out when there are none. */
  readonly unreadable?: readonly Section[];
  /** Those of them that show values from before something that was seen already. Left out when there are none. */
  readonly old?: readonly Section[];
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
