import type { BindingId, ConnectionId, DidKey, KeyObservation, PartnerId, RemoteBot } from '@dialtone/domain';
import type { DidListReader } from '../listings/did-lists';
import type { UnresolvedWrite, WriteJournal } from '../ports/journal';
import type { Clock } from '../ports/clock';
import type { Lease, Leases } from '../ports/leases';
import type { ListMemories } from '../ports/list-memories';
import type { PhoneNumbers } from '../ports/phone-numbers';
import type { StoreClock } from '../ports/store-clock';
import type { UpstreamFailure, VoiceLinkAccount } from '../ports/upstream';
import type { EngineSettings } from '../ports/settings';
import type { ClientTurns } from './client-turns';

/** On whose behalf, and under which lease, a step is taken. */
export interface StepContext {
  readonly partnerId: PartnerId;
  readonly connectionId: ConnectionId;
  /** See `SweepableConnection`. */
  readonly accountId: string;
  readonly key: DidKey;
  readonly bindingId: BindingId | null;
  readonly generation: number;
  /** Who asked, and with which request of the API; both go into the journal. */
  readonly actor: string;
  readonly requestId: string | null;
  readonly account: VoiceLinkAccount;
  /** The DID's lease. */
  readonly lease: Lease;
}

/** Which write has no known outcome: the one just sent, or an earlier one to the same target. */
export type UnknownOutcome = 'sent' | 'earlier';

/**
 * How a step went. `sent`: VoiceLink accepted it, and perhaps told the id of what it made; it counts only once a list shows it, and
 * `settle` then closes its journal row. `outdated`: nothing was sent, because the client's bots are not those that were planned on: plan again on these.
 * `waiting`: nothing was sent, or its outcome is unknown: try again after `afterMs`. `refused`: VoiceLink refused it.
 */
export type StepResult =
  | { readonly kind: 'done' }
  | { readonly kind: 'outdated'; readonly bots: readonly RemoteBot[] }
  | { readonly kind: 'sent'; readonly madeId: number | null; readonly settle: (seen: boolean) => Promise<void> }
  | {
      readonly kind: 'waiting';
      readonly afterMs: number;
      readonly reason: string;
      readonly unknown?: UnknownOutcome;
      /** Another DID just does what this step needs: resolves when it has, if it is in this process. */
      readonly freed?: Promise<void>;
    }
  | { readonly kind: 'refused'; readonly failure: UpstreamFailure }
  | { readonly kind: 'impossible'; readonly message: string };

export type Waiting = Extract<StepResult, { kind: 'waiting' }>;

/** The ports that steps need. */
export interface StepDeps {
  readonly journal: WriteJournal;
  readonly leases: Leases;
  readonly listMemories: Pick<ListMemories, 'botsShownToOthers'>;
  readonly phoneNumbers: PhoneNumbers;
  readonly storeClock: StoreClock;
  readonly clock: Clock;
  readonly reader: Pick<DidListReader, 'listBots'>;
  readonly clientTurns: ClientTurns;
  readonly settings: Pick<EngineSettings, 'leaseTtlMs' | 'inDoubtMs' | 'staleReadsMs' | 'losses'>;
}

/** What a step was planned on. */
export interface Seen {
  readonly observation: KeyObservation;
  /** Writes of the DID without an outcome, read before the lists: a row that another list has closed since proves nothing about this one. */
  readonly unresolved: readonly UnresolvedWrite[];
  /** Asked when a bot could be made, right before; false: it is not made now. Absent: it is. */
  readonly mayMake?: () => Promise<boolean>;
}

/** How soon to look again while another holder is just busy with what this step needs. */
export const SHORTLY_MS = 300;

export const waiting = (afterMs: number, reason: string): Waiting => ({ kind: 'waiting', afterMs, reason });
