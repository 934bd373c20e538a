import type { ConnectionId, PartnerId } from '@dialtone/domain';
import type { ConnectionAdvisory } from '@dialtone/engine';
import type { GivenNumber, ShownNumber } from './phone-number-inventory';
import type { Page } from './page';
import type { TelephonyProvider } from './telephony-providers';

export type ConnectionStatus = 'ACTIVE' | 'DISCONNECTED';

export interface ConnectionRow {
  readonly id: ConnectionId;
  readonly partnerId: PartnerId;
  readonly provider: TelephonyProvider;
  readonly name: string;
  readonly status: ConnectionStatus;
  readonly isDefault: boolean;
  /** Disconnected, and its numbers, verdicts and bindings are still being ended. */
  readonly isEnding: boolean;
  readonly baseUrl: string | null;
  readonly writesHeld: string | null;
  /** See the engine's `SweepableConnection`. */
  readonly accountId: string;
  readonly advisories: readonly ConnectionAdvisory[];
  readonly lastVerifiedAt: Date | null;
  readonly lastErrorMessage: string | null;
  readonly lastSweptAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** More numbers than these are not shown with a connection: there may be tens of thousands. */
export const MAX_SHOWN_NUMBERS = 1000;

/** Of each of a hundred connections in a list so many are shown at least, and of fewer connections more. */
const SHOWN_NUMBERS_OF_EACH = 20;
const MAX_SHOWN_TOGETHER = 2 * MAX_SHOWN_NUMBERS;

/** How many numbers are shown with each of so many connections: a page of them is an answer of some hundred kilobytes. */
export const numbersShown = (connections: number): number =>
  Math.min(
    MAX_SHOWN_NUMBERS,
    Math.max(SHOWN_NUMBERS_OF_EACH, Math.floor(MAX_SHOWN_TOGETHER / Math.max(1, connections))),
  );

export interface ConnectionView {
  readonly connection: ConnectionRow;
  /** The default one first, then by key; at most `numbersShown`. */
  readonly phoneNumbers: readonly ShownNumber[];
  /** The inventory has the others. */
  readonly hasMoreNumbers: boolean;
}

/** Clear credentials; only ever in memory. Encrypted at rest (AES-256-GCM, AAD = table|row id|column). */
export interface VoiceLinkCredentials {
  readonly username: string;
  readonly password: string;
}

/** Everything that one provider's connection holds besides base URL and default number, by field name; sealed as one. */
export type ConnectionCredentials = Readonly<Record<string, string | readonly string[]>>;

/** What was found out about credentials before they are stored. `unknown`: the carrier could not be asked; try again. */
export type Verification =
  /** `resellerId`: whose account VoiceLink says it is, null when it does not say; left out when it was not asked. */
  | { readonly kind: 'verified'; readonly resellerId?: string | null }
  /** The carrier has no request that would tell. */
  | { readonly kind: 'unverifiable' }
  /** `message` is shown as `last_error_message`. */
  | { readonly kind: 'unknown'; readonly message: string };

/** What connects a partner to a carrier. */
export interface ConnectionAccess {
  readonly baseUrl: string | null;
  readonly credentials: ConnectionCredentials;
  /** Becomes the default number of the connection. Null: that stays as it is. */
  readonly defaultNumber: GivenNumber | null;
  readonly verification: Verification;
}

/** Telephony connections. Every method with a partner is scoped to it; another partner's rows answer like missing ones. */
export interface ConnectionStore {
  /**
   * The first active one of a provider becomes its default. A sweep of a new VoiceLink connection is due at once. Throws
   * QuotaReachedError when the partner has as many active ones as it may, or the default number would be one too many.
   */
  create(input: {
    readonly partnerId: PartnerId;
    /** VoiceLink unless given. */
    readonly provider?: TelephonyProvider;
    readonly name: string;
    readonly baseUrl: string | null;
    readonly credentials: ConnectionCredentials | VoiceLinkCredentials;
    readonly defaultNumber?: GivenNumber | null;
    readonly verification?: Verification;
    /** The quota of active connections, unless the operator has set another one; any number unless given. */
    readonly atMost?: number;
    /** The quota of phone numbers, in the same way. */
    readonly numbersAtMost?: number;
  }): Promise<ConnectionRow>;
  /** Replaces the access of the provider's default connection, or creates that connection under `name`. Throws as `create`. */
  configureDefault(input: {
    readonly partnerId: PartnerId;
    readonly provider: TelephonyProvider;
    readonly name: string;
    readonly access: ConnectionAccess;
    /** As of `create`. */
    readonly atMost?: number;
    readonly numbersAtMost?: number;
  }): Promise<{ readonly id: ConnectionId; readonly created: boolean }>;
  /** Active connections of the partner, a hundred at most, VoiceLink's unless a provider is given; the default one first. */
  active(partnerId: PartnerId, provider?: TelephonyProvider): Promise<readonly ConnectionRow[]>;
  /** Active or not. */
  find(partnerId: PartnerId, id: ConnectionId): Promise<ConnectionRow | null>;
  /** Active or not, with its numbers. */
  view(partnerId: PartnerId, id: ConnectionId): Promise<ConnectionView | null>;
  /** Oldest first, each with `numbersShown` of its numbers. Throws InvalidCursorError. */
  list(input: {
    readonly partnerId: PartnerId;
    readonly provider?: TelephonyProvider;
    readonly status: ConnectionStatus;
    readonly limit: number;
    readonly cursor?: string;
  }): Promise<Page<ConnectionView>>;
  /** False when it does not exist or is disconnected. */
  rename(partnerId: PartnerId, id: ConnectionId, name: string): Promise<boolean>;
  /**
   * Ends all work on it at once: it has no access any more, and leases of its work end. Its bindings stall with a message, its
   * verdicts end and its numbers become inactive: of some thousand before this resolves, and of the others by
   * `endDisconnected`. Rows and history stay. Its place as default goes to the oldest active connection of the provider.
   * Repeating it begins nothing anew; false when the connection does not exist.
   */
  disconnect(partnerId: PartnerId, id: ConnectionId): Promise<boolean>;
  /**
   * Goes on ending what is left of one disconnected connection, of `limit` numbers at most, in one short transaction; two
   * processes are never at the same connection. Returns how many; null when there is nothing left, or others are at all of it.
   */
  endDisconnected(limit: number): Promise<number | null>;
  /** For the adapter factory only: base URL and clear credentials of an active VoiceLink connection. */
  access(id: ConnectionId): Promise<{ readonly baseUrl: string; readonly credentials: VoiceLinkCredentials } | null>;
  /** Replaces base URL and credentials of a VoiceLink connection, and makes a sweep due. False when it does not exist or is disconnected. */
  replaceAccess(
    partnerId: PartnerId,
    id: ConnectionId,
    access: { readonly baseUrl: string; readonly credentials: VoiceLinkCredentials },
  ): Promise<boolean>;
  /** Lets a held connection write again. False when it was not held. */
  acknowledgeHold(partnerId: PartnerId, id: ConnectionId, actor: string): Promise<boolean>;
  /**
   * Seals everything that is sealed again, with the current key: `SEALED_COLUMNS`. Repeatable. `failed` are the owners of what
   * cannot be opened with any key of the ring, which is left as it is: the id of a connection, `webhook:<id>`, or
   * `kept_answer_of:<partner id>`.
   */
  resealCredentials(): Promise<{ readonly resealed: number; readonly failed: readonly string[] }>;
  /**
   * Destroys what is kept of the logins of connections that have been disconnected for so long, of `limit` of them at most; those
   * that another process is at are left to it. Returns how many. Backups and the server's own log have them until they are gone too.
   */
  forgetCredentials(request: { readonly olderThanMs: number; readonly limit: number }): Promise<number>;
}
