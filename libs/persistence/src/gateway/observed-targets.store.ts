import type { ConnectionId, DidKey } from '@dialtone/domain';
import type { ObservedTargets } from './observed-targets';
import { firstRow, type Queryable } from '../db';

const DID_ID = `observation->'did'->>'didId'`;

type Record = NonNullable<Awaited<ReturnType<ObservedTargets['recordOfDid']>>>;

interface SeenRow {
  readonly key: DidKey;
  readonly record: Record | null;
}

/**
 * Reads all of a connection's observations for one answer: an index into their JSON would cost every sweep more than these
 * rare questions cost.
 */
export class ObservedTargetStore implements ObservedTargets {
  constructor(private readonly db: Queryable) {}

  keyOfDid(connectionId: ConnectionId, didId: number): Promise<DidKey | null> {
    return this.find(connectionId, DID_ID, didId);
  }

  keyOfRouting(connectionId: ConnectionId, routingId: number): Promise<DidKey | null> {
    return this.find(connectionId, `observation->'routing'->>'id'`, routingId);
  }

  async recordOfDid(connectionId: ConnectionId, didId: number): Promise<Record | null> {
    return (await this.seen(connectionId, DID_ID, didId))?.record ?? null;
  }

  private async find(connectionId: ConnectionId, id: string, value: number): Promise<DidKey | null> {
    return (await this.seen(connectionId, id, value))?.key ?? null;
  }

  private seen(connectionId: ConnectionId, id: string, value: number): Promise<SeenRow | null> {
    return firstRow<SeenRow>(
      this.db,
      `select key, (observation->'did'->'raw') || jsonb_build_object(
              'did_id', observation->'did'->'didId', 'client_id', observation->'did'->'clientId') as record
         from dids where connection_id = $1 and ${id} = $2 order by observed_at desc nulls last limit 1`,
      [connectionId, String(value)],
    );
  }
}
