import type { AgentId, ConnectionId, DidKey, PartnerId, PhoneNumberId } from '@dialtone/domain';
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
  /** Null also when its agent was deleted. */
  readonly agent: { readonly id: AgentId; readonly name: string } | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A number as the partner wrote it, with its key. */
export interface GivenNumber {
  readonly key: DidKey;
  readonly phoneNumber: string;
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
  /** Another connection, of whatever partner, answers inbound calls of this number. */
  | { readonly kind: 'inbound_taken' }
  /** Its connection is disconnected: it cannot be active or answer calls. */
  | { readonly kind: 'disconnected' };

export type PhoneNumberSync =
  | { readonly kind: 'synced'; readonly created: number; readonly rows: readonly PhoneNumberRow[] }
  | { readonly kind: 'inbound_taken'; readonly key: DidKey }
  | { readonly kind: 'disconnected' };

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
  /** One transaction; assigning or clearing an agent makes the binding of the number due. */
  update(partnerId: PartnerId, id: PhoneNumberId, change: PhoneNumberChange): Promise<PhoneNumberUpdate>;
  /**
   * Adds the numbers that the connection lacks and enables all of them for inbound calls; what a partner decided about an
   * existing row (name, status, agent) stays. All or nothing.
   */
  sync(input: {
    readonly partnerId: PartnerId;
    readonly connectionId: ConnectionId;
    readonly numbers: readonly GivenNumber[];
  }): Promise<PhoneNumberSync>;
}
