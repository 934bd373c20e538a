import type { AgentId, ConnectionId, DidKey, PartnerId, PhoneNumberId } from '@dialtone/domain';
import type { TelephonyProvider } from './telephony-providers';

/** Carriers that can be told where the inbound calls of a number go. */
export const POINTED_PROVIDERS = ['twilio', 'plivo', 'vobiz'] as const satisfies readonly TelephonyProvider[];
export type PointedProvider = (typeof POINTED_PROVIDERS)[number];

/** `pending`: its carrier is being told. `released`: where they went before is there again, or what somebody else has put there since. */
export type PointingState = 'pending' | 'pointed' | 'released' | 'failed';

/** How far a carrier has been told to bring the inbound calls of a number here. */
export interface NumberPointing {
  readonly state: PointingState;
  /** Where they went before, for people; null: nowhere, or not looked yet. */
  readonly previous: string | null;
  readonly error: string | null;
  readonly since: Date;
}

/** The fields by which a carrier says where calls go. */
export type StoredPointer = Readonly<Record<string, string | null>>;

/** A number whose turn it is. */
export interface DuePointing {
  readonly id: PhoneNumberId;
  readonly connectionId: ConnectionId;
  readonly provider: PointedProvider;
  readonly key: DidKey;
  /** `give_back`: it has no agent any more, takes no inbound calls, or is not active, or its connection is not. */
  readonly wish: 'point' | 'give_back';
  /** Null: not looked yet. */
  readonly before: StoredPointer | null;
  /** What was begun to be written, the last one last. */
  readonly ours: readonly StoredPointer[];
  /** No key of the ring opens what is stored of it. */
  readonly isUnreadable: boolean;
  readonly turn: number;
}

/** What came of a turn. The messages are for people. */
export type PointingResult =
  | { readonly kind: 'told'; readonly before: StoredPointer; readonly shown: string | null }
  | { readonly kind: 'pointed' }
  | { readonly kind: 'released'; readonly message: string | null }
  /** Tried again soon, more and more rarely, and not before `retryAfterMs`. */
  | { readonly kind: 'pending'; readonly message: string; readonly retryAfterMs: number | null }
  /** Tried again in hours, for ten days. */
  | { readonly kind: 'failed'; readonly message: string };

/** Who answers the inbound calls of a number. */
export interface AnsweringAgent {
  readonly agentId: AgentId;
  readonly partnerId: PartnerId;
}

/** Numbers that their carriers are told to bring here. `PhoneNumberInventory.update` asks for it. */
export interface NumberPointings {
  /** Makes due what nobody wants any more; how many. */
  dropUnwanted(): Promise<number>;
  /** The one that is due longest, or this one if it is due. No other process gets it for two minutes. Null: none is. */
  take(id?: PhoneNumberId): Promise<DuePointing | null>;
  /**
   * Before a carrier is asked to write: `ours` may stand there from now on. False when something else is wanted by now, or another
   * process has the number: nothing may be written then.
   */
  begin(due: DuePointing, ours: StoredPointer): Promise<boolean>;
  /** Ends the turn. False, with nothing noted, in the cases of `begin`. After `told` the next turn is ten seconds later. */
  note(due: DuePointing, result: PointingResult): Promise<boolean>;
  /** Ends the turn as it began: it stays due. */
  leave(due: DuePointing): Promise<void>;
  /** The agent of an active number that takes inbound calls on this active connection; null: none answers it here. */
  answering(connectionId: ConnectionId, key: DidKey): Promise<AnsweringAgent | null>;
  /** The unguessable part of the URL at which a connection takes inbound calls; always the same. */
  tokenOf(connectionId: ConnectionId): string;
}
