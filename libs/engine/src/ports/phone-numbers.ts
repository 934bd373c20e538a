import type { AgentId, ConnectionId, DidKey, LocalPhoneNumber, PartnerId } from '@dialtone/domain';

/** A local inventory row with everything that is shown of it. Times are epoch ms. */
export interface LocalNumberRow extends LocalPhoneNumber {
  readonly friendlyName: string | null;
  readonly status: 'ACTIVE' | 'INACTIVE';
  readonly isDefault: boolean;
  readonly inboundEnabled: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** The local inventory rows of a connection. */
export interface PhoneNumbers {
  /** All of a connection, or those of some keys. */
  byConnection(connectionId: ConnectionId, keys?: readonly DidKey[]): Promise<ReadonlyMap<DidKey, LocalPhoneNumber>>;
  /** All rows of a connection, or those of some keys, ordered by key. */
  rows(connectionId: ConnectionId, keys?: readonly DidKey[]): Promise<readonly LocalNumberRow[]>;
  find(connectionId: ConnectionId, key: DidKey): Promise<LocalPhoneNumber | null>;
  /**
   * Imports a number that VoiceLink lists on the connection, which proves whose it is: unless another connection takes its
   * inbound calls by such a proof, the new row does. An existing row is left as it is and returned. Null: there is none, and
   * the connection is not active any more.
   */
  import(input: {
    readonly partnerId: PartnerId;
    readonly connectionId: ConnectionId;
    readonly key: DidKey;
    readonly friendlyName: string;
  }): Promise<LocalPhoneNumber | null>;
  /**
   * The same for many numbers at once, each named by its key; existing rows are left as they are. Returns the new ones: none
   * on a connection that is not active any more.
   */
  importAll(input: {
    readonly partnerId: PartnerId;
    readonly connectionId: ConnectionId;
    readonly keys: readonly DidKey[];
    /** Those that are listed as the account's own now. The others take inbound calls only where no connection does. */
    readonly proven: readonly DidKey[];
  }): Promise<readonly DidKey[]>;
  /** False when the agent does not exist, is deleted, or belongs to another partner. */
  assignAgent(input: {
    readonly partnerId: PartnerId;
    readonly connectionId: ConnectionId;
    readonly key: DidKey;
    readonly agentId: AgentId;
  }): Promise<boolean>;
  /** Leaves a row without an agent if it has this one. Repeating it changes nothing. */
  unassignAgent(input: {
    readonly connectionId: ConnectionId;
    readonly key: DidKey;
    readonly agentId: AgentId;
  }): Promise<void>;
}
