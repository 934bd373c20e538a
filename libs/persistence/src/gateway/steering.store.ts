import { randomUUID } from 'node:crypto';
import type { Pause, PartnerId } from '@dialtone/domain';
import { modeAndWindowsEntry, steeringEntry, type Author } from '@dialtone/engine';
import type { DataSource } from 'typeorm';
import { firstRow, hit, ms, type Queryable, rows, timeOf, wake, withLongStatements } from '../db';
import { appendChange } from '../events/append-change';
import { currentAuthor } from '../on-behalf-of';
import { keepWork, keptWork } from './kept-work';
import { lockPartner } from './lock-partner';
import { refuseMore } from './refuse-more';
import type {
  PauseInput,
  PauseResult,
  PlaceSteering,
  SteeredPlace,
  SteeringStore as SteeringContract,
} from './steering-store';

const PAUSE = `id, partner_id as "partnerId", connection_id as "connectionId", key, labels, reason, actor,
  ${ms('begun_at')} as "begunAt", ${ms('until')} as until, ${ms('ended_at')} as "endedAt"`;

/** So many pauses that are over are kept of a partner: they date WritesAllowed. The history keeps all. */
const KEPT_PAUSES = 100;

/** Declarations in $1 that the scope in $2 to $4 covers and that have something left to do, due now. */
const WAKE_COVERED = `
  with target as (
    select id from bindings
     where partner_id = $1 and ($2::uuid is null or connection_id = $2) and ($3::text is null or key = $3)
       and ($4::jsonb is null or labels @> $4) and outcome <> 'settled'
     order by connection_id, key for no key update
  )
  update bindings b set due_at = least(due_at, now()), trigger_seq = trigger_seq + 1, stalls = 0
    from target where b.id = target.id`;

const ACTIVE = `id = $1 and partner_id = $2 and provider = 'voicelink' and status = 'ACTIVE' and deleted_at is null`;

const placeSelected = ({ partnerId, connectionId }: SteeredPlace): [sql: string, parameters: readonly string[]] =>
  connectionId === null
    ? [`select mode, windows from partners where id = $1`, [partnerId]]
    : [`select mode, windows from connections where ${ACTIVE}`, [connectionId, partnerId]];

export class SteeringStore implements SteeringContract {
  constructor(private readonly ds: DataSource) {}

  place(place: SteeredPlace): Promise<PlaceSteering | null> {
    return firstRow(this.ds, ...placeSelected(place));
  }

  steer(place: SteeredPlace, change: Partial<PlaceSteering>, author: Author = currentAuthor()): Promise<boolean> {
    return withLongStatements(this.ds, async (tx) => {
      const [select, parameters] = placeSelected(place);
      const before = await firstRow<PlaceSteering>(tx, `${select} for no key update`, parameters);
      if (before === null) return false;
      const after = { ...before, ...change };
      const [table, id] =
        place.connectionId === null ? ['partners', place.partnerId] : ['connections', place.connectionId];
      await tx.query(`update ${table} set mode = $2, windows = $3 where id = $1`, [
        ...[id, after.mode, JSON.stringify(after.windows)],
      ]);
      const entry = modeAndWindowsEntry(place, before, after, author);
      if (entry !== null) await appendChange(tx, { history: [entry] });
      await wakeCovered(tx, { ...place, key: null, labels: null });
      return true;
    });
  }

  async pause(input: PauseInput): Promise<PauseResult> {
    const begun = keptWork() as Pause | null;
    if (begun !== null) return { kind: 'paused', pause: begun };
    const { partnerId, connectionId, key, labels, reason, until, author } = input;
    return this.ds.transaction(async (tx) => {
      await lockPartner(tx, partnerId);
      const unknown = await unknownOf(tx, input);
      if (unknown !== null) return unknown;
      if (until <= (await timeOf(tx))) return { kind: 'past' };
      await refuseMore(tx, partnerId, 'pauses', input.atMost);
      await forgetOld(tx, partnerId);
      const pause = await firstRow<Pause>(
        tx,
        `insert into pauses (id, partner_id, connection_id, key, labels, reason, actor, until)
         values ($1, $2, $3, $4, $5, $6, $7, to_timestamp($8::float8 / 1000)) returning ${PAUSE}`,
        [
          ...[randomUUID(), partnerId, connectionId, key, labels === null ? null : JSON.stringify(labels)],
          ...[reason, author.actor, until],
        ],
      );
      if (pause === null) throw new Error('The pause was not stored.');
      await keep(tx, pause, author, 'begun');
      return { kind: 'paused', pause: await keepWork(tx, pause) };
    });
  }

  pauses(partnerId: PartnerId): Promise<readonly Pause[]> {
    return rows<Pause>(
      this.ds,
      `select ${PAUSE} from pauses where partner_id = $1 and ended_at is null and pauses.until > now() order by begun_at desc, id`,
      [partnerId],
    );
  }

  async resume(partnerId: PartnerId, id: string, author: Author): Promise<Pause | null> {
    const ended = keptWork() as Pause | null;
    if (ended !== null) return ended;
    return withLongStatements(this.ds, async (tx) => {
      const pause = await firstRow<Pause>(
        tx,
        `update pauses set ended_at = date_trunc('milliseconds', clock_timestamp())
          where id = $1 and partner_id = $2 and ended_at is null and pauses.until > clock_timestamp() returning ${PAUSE}`,
        [id, partnerId],
      );
      if (pause === null) return null;
      await keep(tx, pause, author, 'ended');
      await wakeCovered(tx, pause);
      return keepWork(tx, pause);
    });
  }
}

const wakeCovered = async (
  tx: Queryable,
  { partnerId, connectionId, key, labels }: Pick<Pause, 'partnerId' | 'connectionId' | 'key' | 'labels'>,
): Promise<void> => {
  await tx.query(WAKE_COVERED, [partnerId, connectionId, key, labels === null ? null : JSON.stringify(labels)]);
  await wake(tx);
};

/** Null: what it names is the partner's. */
const unknownOf = async (
  tx: Queryable,
  { partnerId, connectionId, key }: PauseInput,
): Promise<Extract<PauseResult, { kind: 'unknown' }> | null> => {
  if (connectionId !== null && !(await hit(tx, `select 1 from connections where ${ACTIVE}`, [connectionId, partnerId])))
    return { kind: 'unknown', what: 'connection' };
  const isDeclared = `select 1 from bindings where partner_id = $1 and key = $2 and ($3::uuid is null or connection_id = $3)`;
  if (key !== null && !(await hit(tx, isDeclared, [partnerId, key, connectionId])))
    return { kind: 'unknown', what: 'binding' };
  return null;
};

const forgetOld = async (tx: Queryable, partnerId: PartnerId): Promise<void> => {
  await tx.query(
    `delete from pauses where id in (
       select id from pauses where partner_id = $1 and (ended_at is not null or pauses.until <= now())
        order by begun_at desc offset $2)`,
    [partnerId, KEPT_PAUSES],
  );
};

const keep = async (tx: Queryable, pause: Pause, author: Author, what: 'begun' | 'ended'): Promise<void> => {
  const { partnerId, connectionId, key, labels, reason, until } = pause;
  const facts = { pause_id: pause.id, labels, reason, until: new Date(until).toISOString() };
  const change = what === 'begun' ? { before: null, after: facts } : { before: facts, after: null };
  const entry = steeringEntry({ of: 'pause', place: { partnerId, connectionId, key }, ...change }, author);
  await appendChange(tx, { history: [entry] });
};
