import { type ConnectionId, marksOf, REMEMBERED_SECTIONS } from '@dialtone/domain';
import type { InMemoryWorld } from '@dialtone/testing';
import type { SimUpstream } from './sim-upstream';

/** True while lists lack what is there. An operator looks in the panel, as the runbook says, and leaves such a hold alone. */
export const isUntrueHold = async (world: InMemoryWorld, upstream: SimUpstream, id: ConnectionId): Promise<boolean> => {
  for (const section of REMEMBERED_SECTIONS) {
    const { stored } = await world.listMemories.recall(id, section, null);
    const rows = upstream.world.rows(section, {});
    const { rows: there } = marksOf(section, { status: 'complete', rows });
    const missing = stored?.memory?.missing.flatMap((group) => group.rows) ?? [];
    if (missing.some((row) => there.includes(row))) return true;
  }
  return false;
};
