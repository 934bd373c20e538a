import { createHash } from 'node:crypto';
import type { PartnerId } from '@dialtone/domain';
import type { DataSource } from 'typeorm';
import type { LoginAttempts, TriedLogin } from './login-attempts';
import { firstRow, ms, type Queryable } from '../db';
import { transact } from '../transact';

/** How many may fail before the first wait. */
const FREE = { login: 3, partner: 20 } as const;
const ALL_LOGINS = '';

/** SQL: the wait after so many failures. */
const wait = (failures: string): string =>
  `case when ${failures} <= $3 then interval '0' else least(5 * 2 ^ least(${failures} - $3, 20), 3600) * interval '1 second' end`;
const NEXT = `case when a.last_at < now() - interval '1 day' then 1 else a.failures + 1 end`;

const COUNT = `
  insert into login_attempts as a (partner_id, login, failures, last_at, blocked_until) values ($1, $2, 1, now(), now() + ${wait('1')})
  on conflict (partner_id, login) do update
    set failures = ${NEXT}, last_at = now(), blocked_until = now() + ${wait(`(${NEXT})`)}
    where a.blocked_until <= now()
  returning 1`;

const digestOf = ({ baseUrl, username }: TriedLogin): string =>
  createHash('sha256').update(`${baseUrl}\0${username.trim().toLowerCase()}`).digest('base64url');

export class LoginAttemptStore implements LoginAttempts {
  constructor(private readonly ds: DataSource) {}

  begin(login: TriedLogin): Promise<number | null> {
    return transact<number | null>(this.ds, async (tx) => {
      const { partnerId } = login;
      const blocked =
        (await count(tx, partnerId, ALL_LOGINS, FREE.partner)) ??
        (await count(tx, partnerId, digestOf(login), FREE.login));
      return blocked === null ? { commit: null } : { rollback: blocked };
    });
  }

  async succeeded(login: TriedLogin): Promise<void> {
    await this.ds.transaction(async (tx) => {
      // Its own failures stay counted for the partner: a good login between guesses must not forgive them.
      await tx.query(TAKE_BACK, [login.partnerId, ALL_LOGINS, FREE.partner]);
      await tx.query(`delete from login_attempts where partner_id = $1 and login = $2`, [
        login.partnerId,
        digestOf(login),
      ]);
    });
  }

  async saidNothing(login: TriedLogin): Promise<void> {
    await this.ds.transaction(async (tx) => {
      await tx.query(TAKE_BACK, [login.partnerId, ALL_LOGINS, FREE.partner]);
      await tx.query(TAKE_BACK, [login.partnerId, digestOf(login), FREE.login]);
    });
  }
}

/** One failure less. */
const TAKE_BACK = `
  update login_attempts set failures = greatest(failures - 1, 0),
         blocked_until = case when failures - 1 <= $3 then now() else blocked_until end
   where partner_id = $1 and login = $2`;

/** Null: counted. */
const count = async (tx: Queryable, partnerId: PartnerId, login: string, free: number): Promise<number | null> => {
  if ((await firstRow(tx, COUNT, [partnerId, login, free])) !== null) return null;
  const row = await firstRow<{ left: number }>(
    tx,
    `select ${ms('blocked_until')} - ${ms('now()')} as left from login_attempts where partner_id = $1 and login = $2`,
    [partnerId, login],
  );
  return Math.max(1, row?.left ?? 1);
};
