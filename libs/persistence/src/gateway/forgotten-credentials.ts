import { type Queryable, rows } from '../db';

const STRANDED =
  'It was not given back before the credentials of its connection were destroyed. Set in the panel of its carrier where calls to this number go.';

/**
 * Of connections that were disconnected that long ago, at most `limit`: removes the sealed credentials and what was derived from
 * the login, the digest by which logins are compared and the reseller that it belongs to, and where the
 * calls of its numbers went before, which cannot be given back any more. Returns how many had any.
 */
export const forgetCredentials = async (
  db: Queryable,
  { olderThanMs, limit }: { readonly olderThanMs: number; readonly limit: number },
): Promise<number> => {
  const forgotten = await rows(
    db,
    `with target as (
       select id from connections
        where status = 'DISCONNECTED' and (credentials is not null or login_digest is not null or reseller is not null)
          and coalesce(disconnected_at, updated_at) <= now() - $1 * interval '1 millisecond'
        order by coalesce(disconnected_at, updated_at) limit $2 for no key update skip locked
     ), stranded as (
       update number_pointings i
          set pointers = null, wish = 'give_back', state = 'failed', error = $3, due_at = null, turn = turn + 1, updated_at = now()
         from phone_numbers p
        where p.id = i.number_id and p.connection_id in (select id from target) and i.pointers is not null
     )
     update connections set credentials = null, login_digest = null, reseller = null
      where id in (select id from target) returning 1`,
    [olderThanMs, limit, STRANDED],
  );
  return forgotten.length;
};
