import type { ClientListing, ConnectionId } from '@dialtone/domain';
import type { DataSource } from 'typeorm';
import { firstRow, ms } from '../db';
import type { KnownClients } from './known-clients';

/** One row by its key: the memory of the account's list of clients, which sweeps keep. */
const FIND = `
  select jsonb_exists(m.memory -> 'listed', $2)
           or exists (select 1 from jsonb_array_elements(m.memory -> 'missing') gone where jsonb_exists(gone -> 'rows', $2))
           as "isRemembered",
         m.suspect_since is not null as "isSuspect",
         ${ms('m.whole_at')} as "wholeAt", ${ms('c.client_created_at')} as "createdAt", ${ms('clock_timestamp()')} as now
    from connections c
    join account_lists m on m.account_id = c.account_id and m.partner_id = c.partner_id and m.section = 'clients'
   where c.id = $1`;

/** Locked in the order of their ids, as whatever locks several connections does. */
const NOTE = `
  update connections set client_created_at = clock_timestamp()
   where id in (select id from connections where account_id = (select account_id from connections where id = $1)
                 order by id for no key update)`;

export class KnownClientStore implements KnownClients {
  constructor(private readonly ds: DataSource) {}

  find(connectionId: ConnectionId, clientId: number): Promise<ClientListing | null> {
    return firstRow<ClientListing>(this.ds, FIND, [connectionId, String(clientId)]);
  }

  async noteCreation(connectionId: ConnectionId): Promise<void> {
    await this.ds.query(NOTE, [connectionId]);
  }
}
