import pg from 'pg';
import { rowsIn, voicelinkClient } from './voicelink.mjs';
import { offerWork } from './work.mjs';

const STORED = 'select state from dids where connection_id = $1 and key = $2';

/**
 * A controller that knows nothing better than to look at one number after another: its DID, its client's bots and routing, and what is stored
 * of it, then whether the two agree. It finds nothing to do.
 */
offerWork(async ({ account, connectionId, numbers }) => {
  const get = await voicelinkClient(account);
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  try {
    let agreed = 0;
    for (const { key, clientId } of numbers) {
      const [did] = rowsIn(await get(`/v1/reseller/did/purchased?search=${key}&page=1&per_page=10`));
      const ofClient = clientId === null ? [] : ['websocket-bot/list', 'call-routing/list'];
      for (const list of ofClient) rowsIn(await get(`/v1/${list}?client_id=${clientId}&page=1&per_page=100`));
      const { rows } = await client.query(STORED, [connectionId, key]);
      if (did !== undefined && rows.length === 1) agreed += 1;
    }
    return { agreed };
  } finally {
    await client.end();
  }
});
