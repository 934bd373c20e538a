import type { ConnectionId } from '@dialtone/domain';
import type { DataSource } from 'typeorm';
import { hit, rows, text } from '../db';
import type { StoreSecrets } from '../secret-box';
import type { CarrierChecks, CheckVerdict, DueCheck } from './carrier-checks';
import type { ConnectionCredentials } from './connection-store';
import { openCredentials } from './sealed-credentials';

type Taken = Omit<DueCheck, 'credentials'>;

/** Longer than a check takes: another process gets it when this one has died. */
const TAKE = `
  update connections set check_due_at = now() + interval '5 minutes'
   where id = (
     select id from connections
      where provider <> 'voicelink' and status = 'ACTIVE' and deleted_at is null and credentials is not null and check_due_at <= now()
      order by check_due_at limit 1 for no key update skip locked)
  returning id, provider, base_url as "baseUrl", credentials as sealed`;

/** Hours after an answer, at a time of its own for each connection; a minute after none, then longer, up to an hour. */
const NOTE = `
  update connections
     set last_verified_at = case when $3 = 'verified' then now() else last_verified_at end,
         last_error_message = $4,
         check_tries = case when $3 = 'unknown' then least(check_tries + 1, 10) else 0 end,
         check_due_at = now() + case when $3 = 'unknown' then least(interval '1 minute' * 2 ^ check_tries, interval '1 hour')
                                     else interval '6 hours' * (0.9 + 0.2 * random()) end
   where id = $1 and credentials = $2 and status = 'ACTIVE' and deleted_at is null
  returning 1`;

export class CarrierCheckStore implements CarrierChecks {
  constructor(
    private readonly ds: DataSource,
    private readonly secrets: Pick<StoreSecrets, 'secretBox'>,
  ) {}

  async take(): Promise<DueCheck | null> {
    const [taken] = await rows<Taken>(this.ds, TAKE, []);
    return taken === undefined ? null : { ...taken, credentials: this.opened(taken.id, taken.sealed) };
  }

  note({ id, sealed }: DueCheck, verdict: CheckVerdict): Promise<boolean> {
    const message = 'message' in verdict ? text(verdict.message) : null;
    return hit(this.ds, NOTE, [id, sealed, verdict.kind, message]);
  }

  private opened(id: ConnectionId, sealed: Buffer): ConnectionCredentials | null {
    try {
      return openCredentials(this.secrets.secretBox, id, sealed);
    } catch {
      return null;
    }
  }
}
