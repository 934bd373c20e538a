import { type Queryable, rows } from '../db';

/**
 * Of connections that were disconnected that long ago, at most `limit`: removes the sealed credentials and what was derived from
 * the login, the digest by which logins are compared and the reseller that it belongs to. Returns how many had any.
 */
export const forgetCredentials = async (
  db: Queryable,
  { olderThanMs, limit }: { readonly olderThanMs: number; readonly limit: number },
): Promise<number> => {
  const forgotten = await rows(
    db,
    `update connections set credentials = null, login_digest = null, reseller = null where id in (
       select id from connections
        where status = 'DISCONNECTED' and (credentials is not null or login_digest is not null or reseller is not null)
          and coalesce(disconnected_at, updated_at) <= now() - $1 * interval '1 millisecond'
        order by coalesce(disconnected_at, updated_at) limit $2 for no key update skip locked
     ) returning 1`,
    [olderThanMs, limit],
  );
  return forgotten.length;
};
