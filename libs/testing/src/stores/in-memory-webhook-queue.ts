import { randomUUID } from 'node:crypto';
import type { NewEvent } from '@dialtone/contracts';
import type { PartnerId, WebhookId } from '@dialtone/domain';
import {
  webhookDisabled,
  webhookMissed,
  webhookResource,
  type ClaimedWebhook,
  type Clock,
  type Leases,
  type WebhookAttempt,
  type WebhookFilter,
  type WebhookMove,
  type WebhookQueue,
  type WebhookSettlement,
  type WebhookTarget,
  type WebhookTurn,
} from '@dialtone/engine';
import type { InMemoryEventLog } from './in-memory-event-log';

/** A webhook as it is stored. Times in epoch ms. */
export interface WebhookRecord {
  readonly id: WebhookId;
  readonly partnerId: PartnerId;
  target: WebhookTarget | null;
  filter: WebhookFilter;
  state: 'active' | 'disabled';
  reason: string | null;
  position: bigint;
  revision: number;
  attempts: number;
  firstAttemptAt: number | null;
  failingSince: number | null;
  dueAt: number;
  slow: boolean;
}

type Held = Pick<ClaimedWebhook, 'id' | 'partnerId' | 'revision' | 'lease'>;

/** Webhooks over a log in memory. */
export class InMemoryWebhookQueue implements WebhookQueue {
  readonly records = new Map<WebhookId, WebhookRecord>();
  /** The delivery logs, oldest first. */
  readonly attempts: (WebhookAttempt & { readonly webhookId: WebhookId; readonly outcome: string })[] = [];

  constructor(
    private readonly deps: {
      readonly clock: Pick<Clock, 'now'>;
      readonly log: InMemoryEventLog;
      readonly leases: Leases;
    },
  ) {}

  /** A webhook that gets what is logged from now on. */
  add(given: Pick<WebhookRecord, 'partnerId' | 'target'> & Partial<WebhookRecord>): WebhookRecord {
    const record: WebhookRecord = {
      id: randomUUID() as WebhookId,
      filter: {},
      state: 'active',
      reason: null,
      position: this.end,
      revision: 1,
      attempts: 0,
      firstAttemptAt: null,
      failingSince: null,
      dueAt: this.deps.clock.now(),
      slow: false,
      ...given,
    };
    this.records.set(record.id, record);
    return record;
  }

  async claim({
    owner,
    leaseTtlMs,
    limit,
    slow,
  }: Parameters<WebhookQueue['claim']>[0]): Promise<readonly ClaimedWebhook[]> {
    const now = this.deps.clock.now();
    const due = this.waiting().filter((record) => record.slow === slow && record.dueAt <= now);
    const claimed: ClaimedWebhook[] = [];
    for (const record of due) {
      const lease =
        claimed.length < limit ? await this.deps.leases.acquire(webhookResource(record.id), owner, leaseTtlMs) : null;
      if (lease === null) continue;
      const { id, partnerId, target, filter, position, revision, attempts, firstAttemptAt, failingSince } = record;
      const eventAgeMs = now - (firstAttemptAt ?? now);
      const failingMs = now - (failingSince ?? now);
      claimed.push({ id, partnerId, target, filter, position, revision, attempts, eventAgeMs, failingMs, lease });
    }
    return claimed;
  }

  isInUse(): Promise<boolean> {
    return Promise.resolve([...this.records.values()].some(({ state }) => state === 'active'));
  }

  nextDueInMs(): Promise<number | null> {
    const [first] = this.waiting();
    return Promise.resolve(first === undefined ? null : Math.max(0, first.dueAt - this.deps.clock.now()));
  }

  async settle(held: Held, move: WebhookMove, attempt: WebhookAttempt, turn: WebhookSettlement): Promise<boolean> {
    const record = await this.stillHeld(held, move);
    const outcome = turn.kind === 'delivered' || turn.kind === 'given_up' ? turn.kind : 'failed';
    if (this.records.has(held.id)) this.attempts.push({ ...attempt, webhookId: held.id, outcome });
    if (record === null) return false;
    Object.assign(record, { slow: turn.slow, attempts: turn.attempts });
    this.follow(record, move, turn);
    if (turn.kind === 'disabled') {
      const moment = { id: held.id, partnerId: held.partnerId, now: this.deps.clock.now() };
      this.tell(webhookDisabled(moment, { reason: turn.reason, eventId: attempt.eventId }));
    }
    return true;
  }

  async pass(held: Held, move: WebhookMove): Promise<boolean> {
    const record = await this.stillHeld(held, move);
    if (record !== null) Object.assign(record, { position: move.to, attempts: 0, firstAttemptAt: null });
    return record !== null;
  }

  async miss(held: Held, move: WebhookMove): Promise<boolean> {
    if (!(await this.pass(held, move))) return false;
    this.tell(webhookMissed({ id: held.id, partnerId: held.partnerId, now: this.deps.clock.now() }));
    return true;
  }

  async release({ id, lease }: Held, dueInMs?: number): Promise<void> {
    const record = this.records.get(id);
    if (record !== undefined && dueInMs !== undefined)
      record.dueAt = Math.max(record.dueAt, this.deps.clock.now() + dueInMs);
    await this.deps.leases.release(lease);
  }

  followIdle(): Promise<void> {
    for (const record of this.records.values()) {
      if (!this.hasWork(record)) record.position = this.end;
    }
    return Promise.resolve();
  }

  private get end(): bigint {
    return this.deps.log.prunedTo + BigInt(this.deps.log.events.length);
  }

  private waiting(): readonly WebhookRecord[] {
    return [...this.records.values()]
      .filter((record) => record.state === 'active' && this.hasWork(record))
      .sort((a, b) => a.dueAt - b.dueAt);
  }

  private hasWork({ partnerId, position: after }: WebhookRecord): boolean {
    const { log } = this.deps;
    if (after < log.prunedTo) return true;
    return log.events.some(({ position, data }) => position > after && data.partner_id === partnerId);
  }

  private async stillHeld({ id, revision, lease }: Held, { from }: WebhookMove): Promise<WebhookRecord | null> {
    const record = this.records.get(id);
    const isSame = record?.position === from && record.revision === revision && record.state === 'active';
    return isSame && (await this.deps.leases.renew(lease, lease.expiresAt - this.deps.clock.now())) ? record : null;
  }

  private follow(record: WebhookRecord, { to }: WebhookMove, turn: WebhookTurn): void {
    const now = this.deps.clock.now();
    if (turn.kind === 'delivered' || turn.kind === 'given_up') {
      const failingSince = turn.kind === 'delivered' ? null : (record.failingSince ?? now);
      Object.assign(record, { position: to, firstAttemptAt: null, failingSince, dueAt: now });
      return;
    }
    record.firstAttemptAt ??= now;
    record.failingSince ??= now;
    if (turn.kind === 'retry') record.dueAt = now + turn.inMs;
    else Object.assign(record, { state: 'disabled', reason: turn.reason });
  }

  private tell(event: NewEvent): void {
    this.deps.log.append({ ...event, event_id: randomUUID() });
  }
}
