import type { ConnectionId, DidKey } from '@dialtone/domain';
import type { WorkTrigger } from '@dialtone/engine';
import type { DataSource } from 'typeorm';
import { hit, wake } from '../db';
import { triggerBindings } from './binding-trigger';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Requests come from other services: a malformed id matches no row. */
export class WorkTriggerStore implements WorkTrigger {
  constructor(private readonly ds: DataSource) {}

  async trigger(request: { readonly connectionId: string; readonly key: string | null }): Promise<boolean> {
    if (!UUID.test(request.connectionId)) return false;
    const connectionId = request.connectionId as ConnectionId;
    const { key } = request;
    if (key === null) return this.triggerSweep(connectionId);
    if (!/^\d+$/.test(key)) return false;
    return this.ds.transaction(async (tx) => (await triggerBindings(tx, { connectionId, keys: [key as DidKey] })) > 0);
  }

  private triggerSweep(connectionId: ConnectionId): Promise<boolean> {
    return this.ds.transaction(async (tx) => {
      const found = await hit(
        tx,
        `update connections set sweep_due_at = least(sweep_due_at, now()), sweep_requested_at = clock_timestamp()
          where id = $1 and status = 'ACTIVE' and deleted_at is null returning 1`,
        [connectionId],
      );
      if (found) await wake(tx);
      return found;
    });
  }
}
