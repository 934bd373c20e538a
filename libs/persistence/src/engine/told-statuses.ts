import type { BindingId, ConnectionId, DidKey, PartnerId } from '@dialtone/domain';
import { isOtherStatus, statusEvent, type ReconcileStatus, type ToldStatus } from '@dialtone/engine';
import { type Queryable, rows, timeOf } from '../db';
import { appendChange } from '../events/append-change';
import { nextEventSeq } from './key-rows';

interface UntoldRow extends ToldStatus {
  readonly id: BindingId;
  readonly partner_id: PartnerId;
  readonly key: DidKey;
  readonly generation: string;
  readonly observed_generation: string;
  readonly attempts: number;
  readonly told: ToldStatus;
}

const TAKE = `
  with untold as (
    select id, told_status from bindings
     where connection_id = $1 and key = any($2::text[]) and told_status is not null order by key for no key update
  )
  update bindings b set told_status = null from untold where b.id = untold.id
  returning b.id, b.partner_id, b.key, b.generation, b.observed_generation, b.attempts, b.outcome, b.message,
            untold.told_status as told`;

/** The flapping of these numbers is over: tells the statuses that differ from what was told last. The caller holds the DIDs. */
export const tellStatuses = async (
  tx: Queryable,
  connectionId: ConnectionId,
  keys: readonly DidKey[],
): Promise<void> => {
  if (keys.length === 0) return;
  const untold = await rows<UntoldRow>(tx, TAKE, [connectionId, keys]);
  for (const { told, outcome, ...row } of untold) {
    // What is pending is told by the reconcile that is to come.
    if (outcome === 'pending' || !isOtherStatus(told, { ...row, outcome })) continue;
    const { id, partner_id: partnerId, key, message, attempts } = row;
    const place = { id, partnerId, connectionId, key, generation: Number(row.generation) };
    const status: Omit<ReconcileStatus, 'stalls' | 'outcome'> = {
      ...{ message, attempts },
      observedGeneration: Number(row.observed_generation),
    };
    const moment = { seq: await nextEventSeq(tx, connectionId, key), now: await timeOf(tx) };
    await appendChange(tx, { events: [statusEvent(place, { ...status, outcome }, moment)] });
  }
};
