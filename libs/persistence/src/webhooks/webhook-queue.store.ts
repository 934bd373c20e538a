import { randomUUID } from 'node:crypto';
import {
  webhookDisabled,
  webhookMissed,
  webhookResource,
  type ClaimedWebhook,
  type WebhookAttempt,
  type WebhookMove,
  type WebhookQueue,
  type WebhookSettlement,
  type WebhookTurn,
} from '@dialtone/engine';
import type { DataSource } from 'typeorm';
import { firstRow, hit, ms, type Queryable, rows, timeOf } from '../db';
import { endLease, LEASE_COLUMNS, type LeaseRow, toLease } from '../engine/leases.store';
import { appendEvents } from '../events/append-events';
import type { SecretBox } from '../secret-box';
import { noteDelivery } from './delivery-rows';
import { openTarget, targetOf } from './sealed-target';

const RESOURCE = `'webhook:' || w.id`;
/** Something to deliver, or to tell of: events after the cursor are deleted. */
const HAS_WORK = `(
  w.position < (select pruned_to from cursors where name = 'sequencer')
  or exists (select 1 from event_log e where e.partner_id = w.partner_id and e.position > w.position))`;
const IS_FREE = `not exists (select 1 from leases l where l.resource = ${RESOURCE} and l.expires_at > clock_timestamp())`;

const CLAIM = `
  with due as (
    select w.id, ${RESOURCE} as resource from webhooks w
     where w.state = 'active' and w.due_at <= now() and w.slow = $4 and ${HAS_WORK} and ${IS_FREE}
     order by w.due_at limit $3 for no key update of w skip locked
  ), leased as (
    insert into leases as l (resource, owner, epoch, expires_at)
    select resource, $1, nextval('lease_epoch'), clock_timestamp() + $2 * interval '1 millisecond' from due
    on conflict (resource) do update
      set owner = excluded.owner, epoch = nextval('lease_epoch'), expires_at = excluded.expires_at
      where l.expires_at <= clock_timestamp()
    returning ${LEASE_COLUMNS}
  )
  select w.id, w.partner_id as "partnerId", w.sealed, w.filter, w.position, w.attempts, w.revision,
         coalesce(w.previous_until > now(), false) as "withPrevious",
         coalesce(${ms('now()')} - ${ms('w.first_attempt_at')}, 0) as "eventAgeMs",
         coalesce(${ms('now()')} - ${ms('w.failing_since')}, 0) as "failingMs",
         leased.*
    from webhooks w join due using (id) join leased using (resource) order by w.due_at`;

type ClaimRow = LeaseRow &
  Pick<ClaimedWebhook, 'id' | 'partnerId' | 'filter' | 'attempts' | 'revision' | 'eventAgeMs' | 'failingMs'> & {
    readonly sealed: Buffer;
    readonly position: string;
    readonly withPrevious: boolean;
  };

const NEXT_DUE = `
  select ${ms('greatest(min(w.due_at), case when count(*) > 0 then now() end)')} - ${ms('now()')} as "inMs" from webhooks w
   where w.state = 'active' and ${HAS_WORK} and ${IS_FREE}`;

const FOLLOW = `
  update webhooks w set position = m.position from cursors m
   where m.name = 'sequencer' and w.position >= m.pruned_to and w.position < m.position and ${IS_FREE}
     and not exists (
       select 1 from event_log e
        where e.partner_id = w.partner_id and e.position > w.position and e.position <= m.position)`;

/** The partner may have changed or deleted it, and another process may have it. */
const STILL_HELD = `id = $1 and position = $2 and revision = $6 and state = 'active' and exists (
  select 1 from leases where resource = $3 and epoch = $4 and expires_at > clock_timestamp())`;

/** Columns that follow a turn; $7 is what it says besides its kind. */
const AFTER: Readonly<Record<WebhookTurn['kind'], string>> = {
  delivered: `position = $5, first_attempt_at = null, failing_since = null, due_at = now()`,
  given_up: `position = $5, first_attempt_at = null, failing_since = coalesce(failing_since, now()), due_at = now()`,
  retry: `first_attempt_at = coalesce(first_attempt_at, now()),
    failing_since = coalesce(failing_since, now()), due_at = now() + $7::float8 * interval '1 millisecond'`,
  disabled: `state = 'disabled', state_reason = $7, state_since = now(),
    first_attempt_at = coalesce(first_attempt_at, now()), failing_since = coalesce(failing_since, now())`,
};

const OUTCOME = { delivered: 'delivered', given_up: 'given_up', retry: 'failed', disabled: 'failed' } as const;

type Held = Pick<ClaimedWebhook, 'id' | 'partnerId' | 'revision' | 'lease'>;

/** Order of locks: webhook, lease. */
export class WebhookQueueStore implements WebhookQueue {
  constructor(
    private readonly ds: DataSource,
    private readonly secrets: { readonly secretBox: SecretBox },
  ) {}

  async claim({
    owner,
    leaseTtlMs,
    limit,
    slow,
  }: Parameters<WebhookQueue['claim']>[0]): Promise<readonly ClaimedWebhook[]> {
    const claimed = await rows<ClaimRow>(this.ds, CLAIM, [owner, leaseTtlMs, limit, slow]);
    return claimed.map(({ id, partnerId, sealed, filter, position, withPrevious, attempts, revision, ...row }) => {
      const target = openTarget(this.secrets.secretBox, id, sealed);
      return {
        id,
        partnerId,
        target: target === null ? null : targetOf(target, withPrevious),
        filter,
        position: BigInt(position),
        attempts,
        eventAgeMs: row.eventAgeMs,
        failingMs: row.failingMs,
        revision,
        lease: toLease(row),
      };
    });
  }

  isInUse(): Promise<boolean> {
    return hit(this.ds, `select 1 from webhooks where state = 'active' limit 1`);
  }

  async nextDueInMs(): Promise<number | null> {
    return (await firstRow<{ inMs: number | null }>(this.ds, NEXT_DUE))?.inMs ?? null;
  }

  settle(held: Held, move: WebhookMove, attempt: WebhookAttempt, turn: WebhookSettlement): Promise<boolean> {
    return this.ds.transaction(async (tx) => {
      const isHeld = await hit(
        tx,
        `update webhooks set ${AFTER[turn.kind]}, slow = $8, attempts = $9 where ${STILL_HELD} returning $5::bigint, $7::text`,
        [...heldValues(held, move), argumentOf(turn), turn.slow, turn.attempts],
      );
      await noteDelivery(tx, held.id, { ...attempt, outcome: OUTCOME[turn.kind] });
      if (isHeld && turn.kind === 'disabled') {
        const { id, partnerId } = held;
        const moment = { id, partnerId, now: await timeOf(tx) };
        await appendEvents(tx, [webhookDisabled(moment, { reason: turn.reason, eventId: attempt.eventId })]);
      }
      return isHeld;
    });
  }

  pass(held: Held, move: WebhookMove): Promise<boolean> {
    return moved(this.ds, held, move);
  }

  miss(held: Held, move: WebhookMove): Promise<boolean> {
    return this.ds.transaction(async (tx) => {
      if (!(await moved(tx, held, move))) return false;
      const { id, partnerId } = held;
      const event = webhookMissed({ id, partnerId, now: await timeOf(tx) });
      await appendEvents(tx, [event]);
      await noteDelivery(tx, id, {
        eventId: randomUUID(),
        eventType: event.type,
        attempt: 0,
        status: null,
        error: 'Events were deleted before they were delivered',
        latencyMs: 0,
        response: null,
        outcome: 'missed',
      });
      return true;
    });
  }

  async release({ id, lease }: Held, dueInMs?: number): Promise<void> {
    await this.ds.transaction(async (tx) => {
      if (dueInMs !== undefined) {
        await tx.query(
          `update webhooks set due_at = greatest(due_at, now() + $2::float8 * interval '1 millisecond') where id = $1`,
          [id, dueInMs],
        );
      }
      await endLease(tx, lease);
    });
  }

  async followIdle(): Promise<void> {
    await this.ds.query(FOLLOW);
  }
}

const argumentOf = (turn: WebhookTurn): string | null => {
  if (turn.kind === 'retry') return String(turn.inMs);
  return turn.kind === 'disabled' ? turn.reason : null;
};

/** $1 to $6 of the statements that move a cursor. */
const heldValues = ({ id, lease, revision }: Held, { from, to }: WebhookMove): unknown[] => [
  id,
  from.toString(),
  webhookResource(id),
  lease.epoch.toString(),
  to.toString(),
  revision,
];

const moved = (db: Queryable, held: Held, move: WebhookMove): Promise<boolean> =>
  hit(
    db,
    `update webhooks set position = $5, attempts = default, first_attempt_at = null where ${STILL_HELD} returning 1`,
    heldValues(held, move),
  );
