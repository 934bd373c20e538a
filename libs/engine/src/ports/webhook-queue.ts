import type { WebhookEndCode } from '@dialtone/contracts';
import type { PartnerId, WebhookId } from '@dialtone/domain';
import type { WebhookFilter } from '../loops/webhooks/webhook-filter';
import type { Lease } from './leases';

/** Where the messages of a webhook go, and with what they are signed. */
export interface WebhookTarget {
  /** May hold tokens: in no log and no answer. */
  readonly url: string;
  /** `whsec_…`, the newest first; all sign, so that a receiver may know any of them. Never empty. */
  readonly secrets: readonly string[];
}

/** A webhook that has something to deliver, held by the caller. */
export interface ClaimedWebhook {
  readonly id: WebhookId;
  readonly partnerId: PartnerId;
  /** Null: no key of this deployment opens it. */
  readonly target: WebhookTarget | null;
  readonly filter: WebhookFilter;
  /** Everything up to here is delivered, or passed over. */
  readonly position: bigint;
  /** Failed attempts at the next event. */
  readonly attempts: number;
  /** Since the first attempt at the next event, ms; 0 before it. */
  readonly eventAgeMs: number;
  /** Since the first failure after the last success, ms; 0 while nothing fails. */
  readonly failingMs: number;
  /** Goes up with each change by the partner. */
  readonly revision: number;
  readonly lease: Lease;
}

/** What one attempt came to, for the delivery log. No text holds a secret. */
export interface WebhookAttempt {
  readonly eventId: string;
  readonly eventType: string;
  /** From 1. */
  readonly attempt: number;
  /** HTTP status; null: no answer came. */
  readonly status: number | null;
  /** Why no answer came. */
  readonly error: string | null;
  readonly latencyMs: number;
  /** The beginning of the body. */
  readonly response: string | null;
}

/** What follows an attempt. */
export type WebhookTurn =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'retry'; readonly inMs: number }
  /** The event was tried for long enough: the next one is due. */
  | { readonly kind: 'given_up' }
  | { readonly kind: 'disabled'; readonly reason: WebhookEndCode };

/** A turn, and how the webhook stands after it. */
export type WebhookSettlement = WebhookTurn & {
  /** The attempt took long, or failed. */
  readonly slow: boolean;
  /** Failed attempts at the event that is next then. */
  readonly attempts: number;
};

/** From where to where a cursor moves. */
export interface WebhookMove {
  readonly from: bigint;
  readonly to: bigint;
}

type Held = Pick<ClaimedWebhook, 'id' | 'partnerId' | 'revision' | 'lease'>;

/** Active webhooks with events of their partner after their cursor. Any number of processes take from it. */
export interface WebhookQueue {
  /**
   * Up to `limit` that are due, that waited longest first. `slow`: those whose last attempt failed or took long; else the others.
   * Nothing else holds them until the lease ends.
   */
  claim(request: {
    readonly owner: string;
    readonly leaseTtlMs: number;
    readonly limit: number;
    readonly slow: boolean;
  }): Promise<readonly ClaimedWebhook[]>;
  /** Whether there is an active webhook at all. */
  isInUse(): Promise<boolean>;
  /** How long until one becomes due, ms; null: none has anything to deliver. */
  nextDueInMs(): Promise<number | null>;
  /**
   * Notes an attempt at the event at `move.to` and what follows. False, and the cursor is not
   * moved, when the lease was lost, or the partner has changed or deleted the webhook meanwhile: stop. The attempt is in
   * the delivery log in any case.
   */
  settle(webhook: Held, move: WebhookMove, attempt: WebhookAttempt, settlement: WebhookSettlement): Promise<boolean>;
  /** Passes over events that the filter leaves out. False as for `settle`. */
  pass(webhook: Held, move: WebhookMove): Promise<boolean>;
  /** Goes on after what was deleted, and tells so by an event and in the delivery log. False as for `settle`. */
  miss(webhook: Held, move: WebhookMove): Promise<boolean>;
  /** Ends the lease; due again at once, or after so long. */
  release(webhook: Held, dueInMs?: number): Promise<void>;
  /**
   * Moves the cursors that have no event of their partner before them, also of disabled webhooks, to the end of the log: it may
   * be deleted behind them. A cursor before what is deleted stays: its webhook is told that it missed something.
   */
  followIdle(): Promise<void>;
}
