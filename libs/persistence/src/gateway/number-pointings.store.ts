import type { ConnectionId, DidKey, PhoneNumberId } from '@dialtone/domain';
import type { DataSource } from 'typeorm';
import { hit, firstRow, rows, text } from '../db';
import type { StoreSecrets } from '../secret-box';
import { TAKES_CALLS_HERE } from './ask-for-pointing';
import type {
  AnsweringAgent,
  DuePointing,
  NumberPointings,
  PointedProvider,
  PointingResult,
  StoredPointer,
} from './number-pointings';
import { NUMBERS } from './phone-number-rows';
import { openPointers, sealPointers, type StoredPointers } from './sealed-pointers';

/** Longer than a turn takes: another process gets the number when this one has died. */
const HOLD = `interval '2 minutes'`;

const DROP = `
  with unwanted as (
    select i.number_id from number_pointings i join (${NUMBERS}) on p.id = i.number_id
     where i.wish = 'point' and not (${TAKES_CALLS_HERE})
     order by i.number_id for no key update of i skip locked)
  update number_pointings i
     set wish = 'give_back', state = 'pending', turn = turn + 1, tries = 0, error = null, due_at = now(), updated_at = now()
    from unwanted where i.number_id = unwanted.number_id
  returning 1`;

const TAKE = `
  with due as (
    select number_id from number_pointings
     where due_at <= now() and (held_until is null or held_until <= now()) and ($1::uuid is null or number_id = $1)
     order by due_at limit 1 for no key update skip locked)
  update number_pointings i
     set turn = turn + 1, held_by = turn + 1, held_until = now() + ${HOLD},
         wish = case when ${TAKES_CALLS_HERE} then i.wish else 'give_back' end
    from due, ${NUMBERS}
   where i.number_id = due.number_id and p.id = i.number_id
  returning p.id, p.connection_id as "connectionId", c.provider, p.key, i.wish, i.pointers, i.turn::float8 as turn`;

const BEGIN = `
  update number_pointings set pointers = $3, held_until = now() + ${HOLD} where number_id = $1 and turn = $2 returning 1`;

/** $3: state. $4, $5: whether the pointers are replaced, and by what. $6, $7: the same of what is shown. */
const NOTE = `
  update number_pointings
     set state = $3, pointers = case when $4 then $5 else pointers end, previous = case when $6 then $7 else previous end,
         error = $8, tries = case when $9 then tries + 1 else 0 end,
         wish = case when $3 = 'released' then 'give_back' else wish end,
         due_at = case $10::text
           when 'never' then null
           when 'soon' then now() + interval '10 seconds'
           when 'backing_off' then now() + greatest(least(interval '10 seconds' * 2 ^ least(tries, 10), interval '1 hour'),
                                                    $11::float8 * interval '1 ms')
           else case when tries < 40 then now() + interval '6 hours' end end,
         held_until = null, updated_at = now()
   where number_id = $1 and turn = $2
  returning 1`;

/** A turn that notes nothing lets go of the number all the same. */
const LET_GO = `update number_pointings set held_until = null where number_id = $1 and held_by = $2`;

type Due = 'never' | 'soon' | 'backing_off' | 'rarely';

interface Written {
  readonly state: 'pending' | 'pointed' | 'released' | 'failed';
  readonly due: Due;
  readonly pointers?: StoredPointers | null;
  readonly shown?: string | null;
  readonly error?: string | null;
  readonly retryAfterMs?: number | null;
}

/** What each result makes of the row. */
const writtenOf = (due: DuePointing, result: PointingResult): Written => {
  switch (result.kind) {
    case 'told':
      return {
        state: 'pending',
        due: 'soon',
        pointers: { before: result.before, ours: due.ours },
        shown: result.shown,
      };
    case 'pointed':
      return { state: 'pointed', due: 'never' };
    case 'released':
      return { state: 'released', due: 'never', pointers: null, error: result.message };
    case 'pending':
      return { state: 'pending', due: 'backing_off', error: result.message, retryAfterMs: result.retryAfterMs };
    case 'failed':
      return { state: 'failed', due: 'rarely', error: result.message };
  }
};

/** A few are kept: a write whose outcome is not known may still come to be. */
const KEPT = 5;

interface Taken {
  readonly id: PhoneNumberId;
  readonly connectionId: ConnectionId;
  readonly provider: PointedProvider;
  readonly key: DidKey;
  readonly wish: DuePointing['wish'];
  readonly pointers: Buffer | null;
  readonly turn: number;
}

export class NumberPointingStore implements NumberPointings {
  constructor(
    private readonly ds: DataSource,
    private readonly secrets: StoreSecrets,
  ) {}

  async dropUnwanted(): Promise<number> {
    return (await rows(this.ds, DROP)).length;
  }

  async take(id?: PhoneNumberId): Promise<DuePointing | null> {
    const taken = await firstRow<Taken>(this.ds, TAKE, [id ?? null]);
    if (taken === null) return null;
    const { pointers: sealed, ...row } = taken;
    const opened = sealed === null ? NONE : openPointers(this.secrets.secretBox, row.id, sealed);
    return { ...row, ...(opened ?? NONE), isUnreadable: opened === null };
  }

  begin({ id, turn, before, ours }: DuePointing, next: StoredPointer): Promise<boolean> {
    const pointers = { before, ours: [...ours, next].slice(-KEPT) };
    return hit(this.ds, BEGIN, [id, turn, this.sealed(id, pointers)]);
  }

  async note(due: DuePointing, result: PointingResult): Promise<boolean> {
    const { state, due: when, pointers, shown, error, retryAfterMs } = writtenOf(due, result);
    const noted = await hit(this.ds, NOTE, [
      ...[due.id, due.turn, state],
      ...[pointers !== undefined, present(pointers) ? this.sealed(due.id, pointers) : null],
      ...[shown !== undefined, present(shown) ? text(shown) : null],
      ...[present(error) ? text(error) : null, result.kind === 'pending' || result.kind === 'failed'],
      ...[when, retryAfterMs ?? 0],
    ]);
    if (!noted) await this.leave(due);
    return noted;
  }

  async leave({ id, turn }: DuePointing): Promise<void> {
    await this.ds.query(LET_GO, [id, turn]);
  }

  answering(connectionId: ConnectionId, key: DidKey): Promise<AnsweringAgent | null> {
    return firstRow<AnsweringAgent>(
      this.ds,
      `select a.id as "agentId", a.partner_id as "partnerId" from ${NUMBERS}
        where p.connection_id = $1 and p.key = $2 and ${TAKES_CALLS_HERE}`,
      [connectionId, key],
    );
  }

  tokenOf(connectionId: ConnectionId): string {
    return this.secrets.hmac(`inbound calls of ${connectionId}`).toString('base64url');
  }

  private sealed(id: PhoneNumberId, pointers: StoredPointers): Buffer {
    return sealPointers(this.secrets.secretBox, id, pointers);
  }
}

const present = <T>(value: T | null | undefined): value is T => value !== null && value !== undefined;

const NONE: StoredPointers = { before: null, ours: [] };
