import { measurePeer, recordCost, recordPerNumber } from './costs.mjs';
import { repeat } from './series.mjs';

/** Numbers that the loop looks at: its cost is that of one number, however many there are. */
const LOOKED_AT = 500;

/** What others do instead of a sweep that remembers, with the same account and the same server. */
export async function measureSweepPeers({ bed, database }, { times, measured, say }) {
  say('peer: upsert everything');
  const upsert = await bed.peer('upsert-everything');
  await upsert.run({ account: bed.account });
  const upserts = await repeat(times, () => measurePeer(upsert, database, { account: bed.account }));
  recordCost(measured, 'upsert', upserts);
  await upsert.stop();
  say('peer: a loop by number');
  const loop = await bed.peer('loop-by-number');
  const { rows } = await bed.voicelink('GET', `/dids?limit=${LOOKED_AT}`);
  const numbers = rows.map(({ did }) => ({ key: did.number, clientId: did.clientId }));
  const work = { account: bed.account, connectionId: bed.partner.connection_id, numbers };
  recordPerNumber(measured, 'loopByNumber', [await measurePeer(loop, database, work)], numbers.length);
  await loop.stop();
}
