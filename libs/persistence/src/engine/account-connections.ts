/** SQL: the ids of all connections, of any partner, that are known to be on the account of connection $1. */
export const ACCOUNT = `
  select m.id from connections me join connections m on m.account_id = me.account_id where me.id = $1`;

/** SQL: a condition on `connections m`: an active connection that VoiceLink is swept through. */
export const ON_VOICELINK = `m.status = 'ACTIVE' and m.provider = 'voicelink' and m.deleted_at is null`;
