import type { InboundLossCode } from '@dialtone/contracts';
import type { AgentId, ConnectionId, DidKey, PartnerId, PhoneNumberId } from '@dialtone/domain';
import type { NumberPointing } from './number-pointings';
import type { TelephonyProvider } from './telephony-providers';

export type PhoneNumberStatus = 'ACTIVE' | 'INACTIVE';

/** A row of the local inventory of numbers. */
export interface PhoneNumberRow {
  readonly id: PhoneNumberId;
  readonly connectionId: ConnectionId;
  readonly provider: TelephonyProvider;
  readonly key: DidKey;
  /** `+` and the digits of the number, or the partner's own spelling of a number that has no international form. */
  readonly phoneNumber: string;
  readonly friendlyName: string | null;
  readonly status: PhoneNumberStatus;
  /** The caller id of its connection when no number is bound to the agent. */
  readonly isDefault: boolean;
  readonly inboundEnabled: boolean;
  /** Since when and why it takes no inbound calls though its partner did not ask for it; null once the partner has answered. */
  readonly inboundLoss: { readonly since: Date; readonly reason: InboundLossCode } | null;
  /** Since when its carrier does not list it, as far as it was asked; null: it does, or has no list. */
  readonly unlistedSince: Date | null;
  /** Null: its carrier was never told to bring its inbound calls here. */
  readonly pointing: NumberPointing | null;
  /** Null also when its agent was deleted. */
  readonly agent: { readonly id: AgentId; readonly name: string } | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What is shown of a number with its connection. */
export type ShownNumber = Pick<
  PhoneNumberRow,
  'id' | 'key' | 'phoneNumber' | 'friendlyName' | 'status' | 'isDefault' | 'inboundEnabled' | 'agent'
>;

/** A number as the partner wrote it, with its key. */
export interface GivenNumber {
  readonly key: DidKey;
  readonly phoneNumber: string;
}

/** A number as a carrier lists it. */
export interface CarrierNumber extends GivenNumber {
  readonly friendlyName: string | null;
}

export interface PhoneNumberChange {
  readonly agentId?: AgentId | null;
  readonly friendlyName?: string | null;
  readonly status?: PhoneNumberStatus;
  readonly inboundEnabled?: boolean;
}

export type PhoneNumberUpdate =
  | { readonly kind: 'updated'; readonly row: PhoneNumberRow }
  | { readonly kind: 'not_found' | 'agent_not_found' }
  /** Another connection, of whatever partner, answers inbound calls of this number, or VoiceLink lists it for another partner only. */
  | { readonly kind: 'inbound_taken' }
  /** Its connection is disconnected: it cannot be active or answer calls. */
  | { readonly kind: 'disconnected' };

export type PhoneNumberSync =
  | {
      readonly kind: 'synced';
      readonly created: number;
      /** By key. */
      readonly rows: readonly PhoneNumberRow[];
      /** Taken as in `PhoneNumberUpdate`. Nothing was stored of these. */
      readonly taken: readonly DidKey[];
    }
  /** All of them are taken; `key` is the first. */
  | { readonly kind: 'inbound_taken'; readonly key: DidKey }
  | { readonly kind: 'disconnected' };

export type PhoneNumberImport =
  | {
      readonly kind: 'imported';
      readonly created: number;
      /** By key. */
      readonly rows: readonly PhoneNumberRow[];
      /** Numbers of the connection that the carrier does not list, by key; none when its list is not complete. */
      readonly notListed: readonly PhoneNumberRow[];
    }
  | { readonly kind: 'disconnected' };

/** Where a released number took its inbound calls. */
export interface ReleasedClaim {
  readonly id: PhoneNumberId;
  readonly partnerId: PartnerId;
  readonly connectionId: ConnectionId;
}

/** The local inventory as partners see it. The engine has a narrower view of the same rows. */
export interface PhoneNumberInventory {
  /** Newest first. */
  list(input: {
    readonly partnerId: PartnerId;
    readonly connectionId?: ConnectionId;
    readonly provider?: TelephonyProvider;
    readonly status?: PhoneNumberStatus;
    readonly agentId?: AgentId;
    /** Whether an agent is assigned. */
    readonly assigned?: boolean;
    readonly inboundEnabled?: boolean;
    readonly key?: DidKey;
    readonly limit: number;
    readonly offset: number;
  }): Promise<{ readonly items: readonly PhoneNumberRow[]; readonly total: number }>;
  find(partnerId: PartnerId, id: PhoneNumberId): Promise<PhoneNumberRow | null>;
  /**
   * One transaction. A number that VoiceLink lists for the partner is taken over from another partner for whom it does not
   * list it. Assigning or clearing an agent makes the binding of the number due.
   * A change that asks for inbound calls (an agent, `inboundEnabled`, `ACTIVE`) makes the number's pointing due.
   */
  update(partnerId: PartnerId, id: PhoneNumberId, change: PhoneNumberChange): Promise<PhoneNumberUpdate>;
  /**
   * Adds the numbers that the connection lacks and enables all of them for inbound calls; what a partner decided about an
   * existing row (name, status, agent) stays. A number that is taken keeps none of the others from being added.
   */
  sync(input: {
    readonly partnerId: PartnerId;
    readonly connectionId: ConnectionId;
    readonly numbers: readonly GivenNumber[];
    /** The quota of phone numbers, unless the operator has set another one; any number unless given. Throws QuotaReachedError. */
    readonly atMost?: number;
  }): Promise<PhoneNumberSync>;
  /** Adds the numbers that the connection lacks, without inbound calls; rows that there are stay, and say since when they are not listed. */
  importListed(input: {
    readonly partnerId: PartnerId;
    readonly connectionId: ConnectionId;
    readonly numbers: readonly CarrierNumber[];
    /** Whether the carrier has no others. */
    readonly isComplete: boolean;
    /** As in `sync`. */
    readonly atMost?: number;
  }): Promise<PhoneNumberImport>;
  /** Ends the claim on the inbound calls of a number, for an operator. Null: no connection has it. */
  release(key: DidKey): Promise<ReleasedClaim | null>;
}
