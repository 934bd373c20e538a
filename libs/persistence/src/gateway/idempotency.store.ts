import { randomUUID } from 'node:crypto';
import type { IdempotencyClaim, IdempotencyStore as IdempotencyContract, KeptAnswer } from './idempotency-store';
import { bytesOfKept, LONG_ANSWER_BYTES, LONG_ANSWERS_KEPT } from './idempotency-store';
import type { EarlierAttempts, IdempotentAttempt } from '../on-behalf-of';
import { firstRow, hit, json, ms, type Queryable, text } from '../db';
import { quotaOf, SET_QUOTA, usedOf } from './partner-quotas.store';
import { QuotaReachedError } from './quotas';
import { isMarked, marked, openedAt, sealAt, unmarked } from '../sealed-columns';
import type { StoreSecrets } from '../secret-box';

type ClaimInput = Parameters<IdempotencyContract['claim']>[0];

/** SQL: partner $1 may keep more answers; $6 is the configured quota, 0 for any number. */
const HAS_ROOM = `(
  select q.at_most = 0 or q.at_most > (
      select coalesce(sum(bytes), 0) from kept_answers where partner_id = $1 and until > now())
    from (select coalesce((${SET_QUOTA}'kept_answer_bytes'), $6::bigint) as at_most) q)`;

const SAME = `i.fingerprint = excluded.fingerprint and i.expires_at > now()`;
/** Of attempts that ended without an answer, the last ones are told of. */
const ATTEMPTS_KEPT = 100;

/**
 * The next attempt of the same request takes over one that has stopped without being committed. After one that was abandoned
 * the key is free for another request, too.
 */
const CLAIM = `
  insert into idempotency_keys as i
    (partner_id, key, fingerprint, attempt, running_until, expires_at, began_at, request_ids)
  select $1, $2, $3, $4, clock_timestamp() + $5 * interval '1 millisecond', now() + interval '24 hours', now(), array[$7]
   where ${HAS_ROOM}
  on conflict (partner_id, key) do update
    set fingerprint = excluded.fingerprint, attempt = excluded.attempt, committed = false,
        running_until = excluded.running_until, status = null, headers = null, body = null,
        expires_at = excluded.expires_at,
        work = case when ${SAME} then i.work end,
        began_at = case when ${SAME} then i.began_at else excluded.began_at end,
        request_ids = case when ${SAME}
          then (i.request_ids || excluded.request_ids)[cardinality(i.request_ids) - ${String(ATTEMPTS_KEPT)}:]
          else excluded.request_ids end
    where i.expires_at <= now()
       or i.status is null and not i.committed
          and (i.running_until = '-infinity' or ${SAME} and i.running_until <= clock_timestamp())
  returning began_at as since, trim_array(request_ids, 1) as "requestIds", work`;

const STANDING = `
  select fingerprint = $3 as same, status, headers, body, committed, running_until > clock_timestamp() as running
    from idempotency_keys where partner_id = $1 and key = $2 and expires_at > now()`;

const THIS_ATTEMPT = `partner_id = $1 and key = $2 and attempt = $3`;
const OPEN_ATTEMPT = `${THIS_ATTEMPT} and status is null`;

/** Counts the answer with those that expire in the same hour: $7 bytes if it was committed, otherwise $8. */
const KEEP = `
  with kept as (
    update idempotency_keys set status = $4, headers = $5, body = $6
     where ${OPEN_ATTEMPT}
    returning partner_id, date_trunc('hour', expires_at) + interval '1 hour' as until,
              case when committed then $7::bigint else $8::bigint end as bytes
  )
  insert into kept_answers as k (partner_id, until, bytes) select partner_id, until, bytes from kept
  on conflict (partner_id, until) do update set bytes = k.bytes + excluded.bytes`;

/** Expired rows are deleted in batches of a few hundred, once per this many claims of a process. */
const PURGE_EVERY = 50;
const PURGE = `
  delete from idempotency_keys where ctid = any (array(
    select ctid from idempotency_keys where expires_at <= now() limit 500 for update skip locked))`;

const PURGE_COUNTS = `
  delete from kept_answers where ctid = any (array(
    select ctid from kept_answers where until <= now() limit 500 for update skip locked))`;

/** A harmless request is executed again when its long answer has been evicted. */
const MAKE_ROOM = `
  delete from idempotency_keys where ctid = any (array(
    select ctid from idempotency_keys
     where partner_id = $1 and not committed and octet_length(body) > ${String(LONG_ANSWER_BYTES)}
     order by expires_at desc offset ${String(LONG_ANSWERS_KEPT)} for update skip locked))`;

interface StandingRow {
  readonly same: boolean;
  readonly status: number | null;
  readonly headers: Readonly<Record<string, string>> | null;
  readonly body: string | null;
  readonly committed: boolean;
  readonly running: boolean;
}

export class IdempotencyStore implements IdempotencyContract {
  private claims = 0;

  constructor(
    private readonly db: Queryable,
    private readonly secrets: StoreSecrets,
  ) {}

  async claim(input: ClaimInput): Promise<IdempotencyClaim> {
    const { partnerId, key, ttlMs } = input;
    // The prefix keeps these digests apart from those of API keys, which have the same pepper.
    const fingerprint = this.secrets.hmac(`idempotent request\n${input.request}`);
    const attempt: IdempotentAttempt = { partnerId, key, id: randomUUID() };
    await this.purgeNowAndThen();
    const parameters = [partnerId, key, fingerprint, attempt.id, ttlMs, input.atMost ?? 0, input.requestId];
    const earlier = await firstRow<EarlierAttempts>(this.db, CLAIM, parameters);
    if (earlier !== null)
      return { kind: 'started', attempt, earlier: earlier.requestIds.length === 0 ? null : earlier };
    const row = await firstRow<StandingRow>(this.db, STANDING, [partnerId, key, fingerprint]);
    if (row !== null) return this.standing(attempt, row);
    await this.refuseMore(input);
    // Released meanwhile: the key is free.
    return this.claim(input);
  }

  async renew(attempt: IdempotentAttempt, ttlMs: number): Promise<void> {
    await this.db.query(
      `update idempotency_keys set running_until = clock_timestamp() + $4 * interval '1 millisecond'
        where ${OPEN_ATTEMPT}`,
      [...placeOf(attempt), ttlMs],
    );
  }

  commit(attempt: IdempotentAttempt): Promise<boolean> {
    return hit(
      this.db,
      `update idempotency_keys set committed = true where ${OPEN_ATTEMPT} returning 1`,
      placeOf(attempt),
    );
  }

  async keep(attempt: IdempotentAttempt, answer: KeptAnswer): Promise<void> {
    const { status, headers } = answer;
    const body = answer.isSecret === true ? this.sealed(attempt, answer.body) : answer.body;
    await this.db.query(KEEP, [
      ...placeOf(attempt),
      status,
      json(headers),
      body === null ? null : text(body),
      bytesOfKept({ body }, true),
      bytesOfKept({ body }, false),
    ]);
    if (body !== null && Buffer.byteLength(body) > LONG_ANSWER_BYTES)
      await this.db.query(MAKE_ROOM, [attempt.partnerId]);
  }

  async release(attempt: IdempotentAttempt): Promise<void> {
    await this.db.query(`delete from idempotency_keys where ${OPEN_ATTEMPT}`, placeOf(attempt));
  }

  async abandon(attempt: IdempotentAttempt): Promise<void> {
    await this.db.query(
      `update idempotency_keys set running_until = '-infinity' where ${OPEN_ATTEMPT}`,
      placeOf(attempt),
    );
  }

  private sealed(attempt: Place, body: string | null): string | null {
    if (body === null) return null;
    return marked(sealAt(this.secrets.secretBox, 'answer', rowOf(attempt), body));
  }

  private standing(attempt: Place, row: StandingRow): IdempotencyClaim {
    const { same, status, headers, running, committed } = row;
    if (!same) return { kind: 'reused' };
    // Neither running nor committed: it has just stopped, and the next claim takes it over.
    if (status === null) return { kind: running || !committed ? 'running' : 'lost' };
    const body = this.opened(attempt, row.body);
    if (body === null && row.body !== null) return { kind: 'unreadable' };
    return { kind: 'answered', answer: { status, headers: headers ?? {}, body } };
  }

  private opened(attempt: Place, body: string | null): string | null {
    if (!isMarked(body)) return body;
    return openedAt(this.secrets.secretBox, 'answer', rowOf(attempt), unmarked(body));
  }

  /** Throws QuotaReachedError if the answers that are kept take up all that they may. */
  private async refuseMore({ partnerId, atMost: configured }: ClaimInput): Promise<void> {
    const atMost = await quotaOf(this.db, partnerId, 'kept_answer_bytes', configured);
    if ((await usedOf(this.db, partnerId, 'kept_answer_bytes')) < atMost) return;
    const row = await firstRow<{ freeInMs: number }>(
      this.db,
      `select ${ms('min(until)')} - ${ms('now()')} as "freeInMs" from kept_answers where partner_id = $1 and until > now()`,
      [partnerId],
    );
    throw new QuotaReachedError('kept_answer_bytes', atMost, row?.freeInMs ?? null);
  }

  private async purgeNowAndThen(): Promise<void> {
    if (this.claims % PURGE_EVERY === 0) {
      await this.db.query(PURGE);
      await this.db.query(PURGE_COUNTS);
    }
    this.claims += 1;
  }
}

type Place = Pick<IdempotentAttempt, 'partnerId' | 'key'>;

const rowOf = ({ partnerId, key }: Place): string => `${partnerId}|${key}`;

const placeOf = ({ partnerId, key, id }: IdempotentAttempt): string[] => [partnerId, key, id];
