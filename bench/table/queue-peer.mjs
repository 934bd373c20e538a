import { repeat } from './series.mjs';
import { measurePeer, recordPerNumber } from './costs.mjs';

const JOBS = 2_000;

/** A queue in PostgreSQL that does nothing but claim and end. A first run makes its tables. */
export async function measureQueuePeer({ bed, database }, { times, measured }) {
  const peer = await bed.peer('graphile-worker');
  await peer.run({ jobs: 1 });
  const runs = await repeat(times, () => measurePeer(peer, database, { jobs: JOBS }));
  recordPerNumber(measured, 'queue.peer', runs, JOBS);
  await peer.stop();
}
