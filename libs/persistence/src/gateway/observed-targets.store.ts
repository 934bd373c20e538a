import type { ConnectionId, DidKey } from '@dialtone/domain';
import type { ObservedTargets } from './observed-targets';
import { firstRow, type Queryable } from '../db';

/**
 * Reads all of a connection's observations for one answer: an index into their JSON would cost every sweep more than these
 * rare questions cost.
 */
export class ObservedTargetStore implements ObservedTargets {
  constructor(private readonly db: Queryable) {}

  keyOfDid(connectionId: ConnectionId, didId: number): Promise<DidKey | null> {
    return this.find(connectionId, `observation->'did'->>'didId'`, didId);
  }

  keyOfRouting(connectionId: ConnectionId, routingId: number): Promise<DidKey | null> {
    return this.find(connectionId, `observation->'routing'->>'id'`, routingId);
  }

  private async find(connectionId: ConnectionId, id: string, value: number): Promise<DidKey | null> {
    const row = await firstRow<{ key: DidKey }>(
      this.db,
      `select key from dids where connection_id = $1 and ${id} = $2 order by observed_at desc nulls last limit 1`,
      [connectionId, String(value)],
    );
    return row?.key ?? null;
  }
}
