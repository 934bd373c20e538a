import { randomUUID } from 'node:crypto';
import type { WebhookId } from '@dialtone/domain';
import type { WebhookTarget } from '@dialtone/engine';
import type { DataSource } from 'typeorm';
import { firstRow, hit, json, type Queryable, rows, text } from '../db';
import { decodeCursor, encodeCursor, UUID_PATTERN } from '../gateway/cursor';
import { keepWork, keptWork } from '../gateway/kept-work';
import { lockPartner } from '../gateway/lock-partner';
import type { Page } from '../gateway/page';
import { refuseMore } from '../gateway/refuse-more';
import type { SecretBox } from '../secret-box';
import { noteDelivery } from './delivery-rows';
import { openTarget, type SealedTarget, sealTarget, targetOf } from './sealed-target';
import type {
  DeliveryRow,
  WebhookChange,
  WebhookCounts,
  WebhookOf,
  WebhookRow,
  WebhookState,
  WebhookStore as WebhookContract,
} from './webhook-store';

const COLUMNS = `id, sealed, description, filter, state, state_reason as "stateReason", state_since as "stateSince",
  position, attempts, failing_since as "failingSince",
  case when state = 'active' and attempts > 0 then due_at end as "nextAttemptAt",
  case when previous_until > now() then previous_until end as "previousUntil",
  created_at as "createdAt", updated_at as "updatedAt"`;

type StoredRow = Omit<WebhookRow, 'url' | 'position'> & { readonly sealed: Buffer; readonly position: string };

const CHANGED = `revision = revision + 1, updated_at = now()`;
/** As if nothing had been tried. */
const AFRESH = `attempts = default, first_attempt_at = null, failing_since = null, slow = false, due_at = now()`;

/** SQL: of a state that the partner asked for. */
const REASON = { active: 'null', disabled: `'requested'` } as const;

const isEnabled = (before: WebhookState, state: WebhookState | undefined): boolean =>
  state === 'active' && before === 'disabled';
const turned = (before: WebhookState, state: WebhookState | undefined): string =>
  state === undefined || state === before ? '' : `, state_since = now(), state_reason = ${REASON[state]}`;

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const DELIVERY_ID = /^\d{1,18}$/;

/** Order of locks: partner, webhook. */
export class WebhookStore implements WebhookContract {
  constructor(
    private readonly ds: DataSource,
    private readonly secrets: { readonly secretBox: SecretBox },
  ) {}

  create({
    partnerId,
    url,
    secret,
    description,
    filter,
    atMost,
  }: Parameters<WebhookContract['create']>[0]): Promise<WebhookRow> {
    return this.ds.transaction(async (tx) => {
      await lockPartner(tx, partnerId);
      await refuseMore(tx, partnerId, 'webhooks', atMost);
      const id = randomUUID() as WebhookId;
      const sealed = sealTarget(this.secrets.secretBox, id, { url, secret, previous: null });
      const row = await firstRow<StoredRow>(
        tx,
        `insert into webhooks (id, partner_id, sealed, description, filter, position)
         select $1, $2, $3, $4, $5, position from cursors where name = 'sequencer' returning ${COLUMNS}`,
        [id, partnerId, sealed, storable(description), json(filter)],
      );
      if (row === null) throw new Error('The log has no end.');
      return this.toRow(row);
    });
  }

  async page({ partnerId, limit, cursor }: Parameters<WebhookContract['page']>[0]): Promise<Page<WebhookRow>> {
    const [after = null, id = null] = cursor === undefined ? [] : decodeCursor(cursor, TIME, UUID_PATTERN);
    const found = await rows<StoredRow>(
      this.ds,
      `select ${COLUMNS} from webhooks
        where partner_id = $1 and ($2::timestamptz is null or (created_at, id) > ($2, $3::uuid))
        order by created_at, id limit $4`,
      [partnerId, after, id, limit + 1],
    );
    return pageOf(
      found.map((row) => this.toRow(row)),
      limit,
      (last) => encodeCursor(last.createdAt.toISOString(), last.id),
    );
  }

  async find({ partnerId, id }: WebhookOf): Promise<WebhookRow | null> {
    const row = await firstRow<StoredRow>(
      this.ds,
      `select ${COLUMNS} from webhooks where id = $1 and partner_id = $2`,
      [id, partnerId],
    );
    return row === null ? null : this.toRow(row);
  }

  change(of: WebhookOf, { url, description, filter, state }: WebhookChange): Promise<WebhookRow | null> {
    return this.rewrite(of, async (tx, before) => {
      const isElsewhere = (url ?? before.url) !== before.url;
      const sealed =
        url !== undefined && isElsewhere ? this.resealed(before, (target) => ({ ...target, url })) : before.sealed;
      return firstRow<StoredRow>(
        tx,
        `update webhooks set ${CHANGED}, sealed = $2, description = $3, filter = $4, state = coalesce($5, state)
            ${turned(before.state, state)} ${isElsewhere || isEnabled(before.state, state) ? `, ${AFRESH}` : ''}
          where id = $1 returning ${COLUMNS}`,
        [
          of.id,
          sealed,
          description === undefined ? before.description : storable(description),
          json(filter ?? before.filter),
          state ?? null,
        ],
      );
    });
  }

  async remove({ partnerId, id }: WebhookOf): Promise<boolean> {
    if (keptWork() !== null) return true;
    return this.ds.transaction(async (tx) => {
      const statement = `delete from webhooks where id = $1 and partner_id = $2 returning 1`;
      const isRemoved = await hit(tx, statement, [id, partnerId]);
      return isRemoved && keepWork(tx, isRemoved);
    });
  }

  rotate(of: WebhookOf, { secret, overlapMs }: Parameters<WebhookContract['rotate']>[1]): Promise<WebhookRow | null> {
    return this.rewrite(of, (tx, before) => {
      const sealed = this.resealed(before, (target) => ({
        ...target,
        secret,
        previous: overlapMs > 0 ? target.secret : null,
      }));
      return firstRow<StoredRow>(
        tx,
        `update webhooks set ${CHANGED}, sealed = $2, previous_until = case when $3::float8 > 0 then now() + $3::float8 * interval '1 millisecond' end
          where id = $1 returning ${COLUMNS}`,
        [of.id, sealed, overlapMs],
      );
    });
  }

  replay(of: WebhookOf, from: Parameters<WebhookContract['replay']>[1]): Promise<WebhookRow | null> {
    return this.rewrite(of, async (tx) => {
      const position = 'position' in from ? from.position : await positionBefore(tx, of, from.since);
      return firstRow<StoredRow>(
        tx,
        `update webhooks set ${CHANGED}, ${AFRESH}, position = $2 where id = $1 returning ${COLUMNS}`,
        [of.id, position.toString()],
      );
    });
  }

  async target({ partnerId, id }: WebhookOf): Promise<WebhookTarget | null> {
    const row = await firstRow<{ sealed: Buffer; withPrevious: boolean }>(
      this.ds,
      `select sealed, coalesce(previous_until > now(), false) as "withPrevious" from webhooks
        where id = $1 and partner_id = $2`,
      [id, partnerId],
    );
    const target = row === null ? null : openTarget(this.secrets.secretBox, id, row.sealed);
    return target === null ? null : targetOf(target, row?.withPrevious ?? false);
  }

  noteTest({ id }: WebhookOf, attempt: Parameters<WebhookContract['noteTest']>[1]): Promise<void> {
    return noteDelivery(this.ds, id, attempt);
  }

  async deliveries(
    { partnerId, id }: WebhookOf,
    { limit, cursor, outcome }: Parameters<WebhookContract['deliveries']>[1],
  ): Promise<Page<DeliveryRow>> {
    const [before = null] = cursor === undefined ? [] : decodeCursor(cursor, DELIVERY_ID);
    const found = await rows<DeliveryRow>(
      this.ds,
      `select d.id, event_id as "eventId", event_type as "eventType", attempt, outcome, status, error,
              latency_ms as "latencyMs", response, d.created_at as "createdAt"
         from webhook_deliveries d join webhooks w on w.id = d.webhook_id
        where d.webhook_id = $1 and w.partner_id = $2 and ($3::bigint is null or d.id < $3)
          and ($4::text is null or outcome = $4)
        order by d.id desc limit $5`,
      [id, partnerId, before, outcome ?? null, limit + 1],
    );
    return pageOf(found, limit, (last) => encodeCursor(last.id));
  }

  async forget({ olderThanMs, limit }: Parameters<WebhookContract['forget']>[0]): Promise<number> {
    const gone = await rows(
      this.ds,
      `delete from webhook_deliveries where id in (
         select id from webhook_deliveries where created_at < now() - $1::float8 * interval '1 millisecond'
          order by created_at limit $2 for update skip locked)
       returning 1`,
      [olderThanMs, limit],
    );
    return gone.length;
  }

  async counts(): Promise<WebhookCounts> {
    const row = await firstRow<WebhookCounts>(
      this.ds,
      `select count(*) filter (where state = 'active')::float8 as active,
              count(*) filter (where state = 'disabled')::float8 as disabled,
              count(*) filter (where state = 'active' and failing_since is not null)::float8 as failing,
              coalesce(extract(epoch from now() - min(failing_since) filter (where state = 'active')), 0)::float8
                as "oldestFailingSeconds"
         from webhooks`,
    );
    return row ?? { active: 0, disabled: 0, failing: 0, oldestFailingSeconds: 0 };
  }

  private rewrite(
    { partnerId, id }: WebhookOf,
    write: (tx: Queryable, before: StoredRow & { readonly url: string | null }) => Promise<StoredRow | null>,
  ): Promise<WebhookRow | null> {
    return this.ds.transaction(async (tx) => {
      const before = await firstRow<StoredRow>(
        tx,
        `select ${COLUMNS} from webhooks where id = $1 and partner_id = $2 for no key update`,
        [id, partnerId],
      );
      if (before === null) return null;
      const after = await write(tx, { ...before, url: this.toRow(before).url });
      return after === null ? null : this.toRow(after);
    });
  }

  /** Throws when no key opens it: the webhook must be made anew. */
  private resealed({ id, sealed }: StoredRow, changed: (target: SealedTarget) => SealedTarget): Buffer {
    const target = openTarget(this.secrets.secretBox, id, sealed);
    if (target === null) throw new Error(`The webhook ${id} cannot be opened with any key of this deployment.`);
    return sealTarget(this.secrets.secretBox, id, changed(target));
  }

  private toRow({ sealed, position, ...row }: StoredRow): WebhookRow {
    const url = openTarget(this.secrets.secretBox, row.id, sealed)?.url ?? null;
    return { ...row, url, position: BigInt(position) };
  }
}

const storable = (value: string | null): string | null => (value === null ? null : text(value));

/** Before the partner's first event since then, or at the end of the log. */
const positionBefore = async (tx: Queryable, { partnerId }: WebhookOf, since: Date): Promise<bigint> => {
  const row = await firstRow<{ position: string }>(
    tx,
    `select coalesce(
       (select position - 1 from event_log where partner_id = $1 and position > 0 and created_at >= $2
         order by position limit 1),
       (select position from cursors where name = 'sequencer')) as position`,
    [partnerId, since],
  );
  return BigInt(row?.position ?? 0);
};

const pageOf = <Row>(found: readonly Row[], limit: number, cursorOf: (last: Row) => string): Page<Row> => {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: found.length > limit && last !== undefined ? cursorOf(last) : null };
};
