import type { Snapshot } from '@dialtone/domain';
import type { StoreClock } from '../ports/store-clock';
import type { VoiceLinkAccount } from '../ports/upstream';

/** Lists all five sections at once; `startedAt` is store time before the first request. */
export const takeSnapshot = async (clock: StoreClock, account: VoiceLinkAccount): Promise<Snapshot> => {
  const startedAt = await clock.time();
  const [clients, dids, available_dids, bots, routing] = await Promise.all([
    account.list('clients'),
    account.list('dids'),
    account.list('available_dids'),
    account.list('bots'),
    account.list('routing'),
  ]);
  return { startedAt, clients, dids, available_dids, bots, routing };
};
