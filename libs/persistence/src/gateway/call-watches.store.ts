import type { NextLook } from '@dialtone/domain';
import type { DataSource } from 'typeorm';
import { firstRow, hit, ms, rows } from '../db';
import type { CallWatches, DueLook } from './call-watches';

/** Longer than a look takes: another process gets the call when this one has died. */
const TAKE = `
  update calls set look_due_at = now() + interval '2 minutes', looks = looks + 1
   where id = (
     select id from calls where look_due_at <= now() order by look_due_at limit 1 for no key update skip locked)
  returning id, connection_id as "connectionId", provider, status, carrier_id as "carrierId", looks,
    greatest(0, ${ms('now()')} - ${ms('heard_at')}) as "silentMs"`;

/** What was heard meanwhile has counted the looks anew. */
const AGAIN = `
  update calls set look_due_at = now() + $3::float8 * interval '1 ms' where id = $1 and looks = $2 and look_due_at is not null
  returning 1`;

const LOST = `
  update calls set look_due_at = null, lost_at = now(), active_until = now(), variables = null
   where id = $1 and looks = $2 and look_due_at is not null
  returning 1`;

const FORGET = `
  delete from calls where id in (
    select id from calls where created_at < now() - $1::float8 * interval '1 ms' and look_due_at is null
     order by created_at limit $2 for update skip locked)
  returning 1`;

export class CallWatchStore implements CallWatches {
  constructor(private readonly ds: DataSource) {}

  take(): Promise<DueLook | null> {
    return firstRow<DueLook>(this.ds, TAKE, []);
  }

  noteSilence({ id, looks }: DueLook, next: NextLook): Promise<boolean> {
    return next.kind === 'lost' ? hit(this.ds, LOST, [id, looks]) : hit(this.ds, AGAIN, [id, looks, next.afterMs]);
  }

  async forget({ olderThanMs, limit }: Parameters<CallWatches['forget']>[0]): Promise<number> {
    return (await rows(this.ds, FORGET, [olderThanMs, limit])).length;
  }
}
