import type { ClientListing, ConnectionId } from '@dialtone/domain';
import type { DataSource } from 'typeorm';
import { ms, rows } from '../db';
import type { KnownClients } from './known-clients';

/** One row by its key, which is taken apart once: the memory of the account's list of clients, which sweeps keep. */
const FIND = `
  with memory as materialized (
    select m.memory -> 'listed' as listed, m.memory -> 'missing' as missing, m.suspect_since is not null as is_suspect,
           ${ms('m.whole_at')} as whole_at, ${ms('c.client_created_at')} as created_at
      from connections c
      join account_lists m on m.account_id = c.account_id and m.partner_id = c.partner_id and m.section = 'clients'
     where c.id = $1
  )
  select i.id::float8 as id, jsonb_exists(listed, i.id)
           or exists (select 1 from jsonb_array_elements(missing) gone where jsonb_exists(gone -> 'rows', i.id))
           as "isRemembered",
         is_suspect as "isSuspect", whole_at as "wholeAt", created_at as "createdAt", ${ms('clock_timestamp()')} as now
    from memory, unnest($2::text[]) i (id)`;

/** Locked in the order of their ids, as whatever locks several connections does. */
const NOTE = `
  update connections set client_created_at = clock_timestamp()
   where id in (select id from connections where account_id = (select account_id from connections where id = $1)
                 order by id for no key update)`;

export class KnownClientStore implements KnownClients {
  constructor(private readonly ds: DataSource) {}

  async find(connectionId: ConnectionId, clientIds: readonly number[]): ReturnType<KnownClients['find']> {
    const found = await rows<ClientListing & { readonly id: number }>(this.ds, FIND, [
      connectionId,
      clientIds.map(String),
    ]);
    return new Map(found.map(({ id, ...listing }) => [id, listing]));
  }

  async noteCreation(connectionId: ConnectionId): Promise<void> {
    await this.ds.query(NOTE, [connectionId]);
  }
}
