import type { PartnerId, WebhookId } from '@dialtone/domain';
import type { WebhookAttempt, WebhookFilter, WebhookTarget } from '@dialtone/engine';
import type { Page } from '../gateway/page';
import type { DeliveryOutcome } from './delivery-rows';

export type WebhookState = 'active' | 'disabled';

export interface WebhookRow {
  readonly id: WebhookId;
  /** May hold tokens. Null: no key of this deployment opens it. */
  readonly url: string | null;
  readonly description: string | null;
  readonly filter: WebhookFilter;
  readonly state: WebhookState;
  /** `requested`, or why it was disabled; null while it is active. */
  readonly stateReason: string | null;
  readonly stateSince: Date;
  /** Everything up to here is delivered or passed over. */
  readonly position: bigint;
  /** Failed attempts at the next event. */
  readonly attempts: number;
  readonly failingSince: Date | null;
  /** When the next event is tried again; null: nothing waits for another attempt. */
  readonly nextAttemptAt: Date | null;
  /** Until when the secret before signs, too; null: it does not. */
  readonly previousUntil: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What is left out stays. */
export interface WebhookChange {
  readonly url?: string;
  readonly description?: string | null;
  readonly filter?: WebhookFilter;
  /** Active: goes on at once, where it stopped. */
  readonly state?: WebhookState;
}

export interface DeliveryRow extends WebhookAttempt {
  readonly id: string;
  readonly outcome: DeliveryOutcome;
  readonly createdAt: Date;
}

/** A webhook of a partner; others do not see it. */
export interface WebhookOf {
  readonly partnerId: PartnerId;
  readonly id: WebhookId;
}

/** How many webhooks there are. */
export interface WebhookCounts {
  readonly active: number;
  readonly disabled: number;
  /** Active ones that have accepted nothing since an attempt failed. */
  readonly failing: number;
  /** For how long the one that fails longest does, s; 0: none does. */
  readonly oldestFailingSeconds: number;
}

/** The webhooks of partners, as partners see them. What delivers events is `WebhookQueue` of the engine. */
export interface WebhookStore {
  /** Gets the events that are logged from now on. Throws QuotaReachedError; `atMost` as for agents. */
  create(input: {
    readonly partnerId: PartnerId;
    readonly url: string;
    readonly secret: string;
    readonly description: string | null;
    readonly filter: WebhookFilter;
    readonly atMost?: number;
  }): Promise<WebhookRow>;
  /** Oldest first. Throws InvalidCursorError. */
  page(input: {
    readonly partnerId: PartnerId;
    readonly limit: number;
    readonly cursor?: string;
  }): Promise<Page<WebhookRow>>;
  find(of: WebhookOf): Promise<WebhookRow | null>;
  change(of: WebhookOf, change: WebhookChange): Promise<WebhookRow | null>;
  /** With its delivery log. False when it does not exist. */
  remove(of: WebhookOf): Promise<boolean>;
  /** The secret before signs beside the new one for so long. */
  rotate(of: WebhookOf, rotation: { readonly secret: string; readonly overlapMs: number }): Promise<WebhookRow | null>;
  /** Delivers what follows a position, again or after all; or what was logged since a time, as far as it is kept. */
  replay(of: WebhookOf, from: { readonly position: bigint } | { readonly since: Date }): Promise<WebhookRow | null>;
  /** Null: it does not exist, or no key opens it. */
  target(of: WebhookOf): Promise<WebhookTarget | null>;
  /** Notes an attempt that the partner asked for; nothing follows it. */
  noteTest(of: WebhookOf, attempt: WebhookAttempt & { readonly outcome: DeliveryOutcome }): Promise<void>;
  /** Newest first. Throws InvalidCursorError. */
  deliveries(
    of: WebhookOf,
    input: { readonly limit: number; readonly cursor?: string; readonly outcome?: DeliveryOutcome },
  ): Promise<Page<DeliveryRow>>;
  /** Deletes at most `limit` entries of delivery logs that are so old; how many. */
  forget(request: { readonly olderThanMs: number; readonly limit: number }): Promise<number>;
  counts(): Promise<WebhookCounts>;
}
