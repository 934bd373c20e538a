import type { DidKey } from '@dialtone/domain';
import type { ObservedTargets } from '@dialtone/persistence';
import { findListed } from './find-listed';
import type { Opened } from './open-account';

/**
 * The number that an id of VoiceLink belongs to: as it was observed last, else as VoiceLink lists it now, so that also a number
 * that is new here is written to under its own lease. Null: it is not listed, or not legibly, and VoiceLink decides. Throws when
 * the list cannot be read: nobody else could then be kept from writing to that number.
 */
export const numberOfDid = async (targets: ObservedTargets, opened: Opened, didId: number): Promise<DidKey | null> => {
  const observed = await targets.keyOfDid(opened.connectionId, didId);
  if (observed !== null) return observed;
  return (await findListed(opened, 'dids', (row) => row.didId === didId)).row?.key ?? null;
};

/** The same of a routing record. */
export const numberOfRouting = async (
  targets: ObservedTargets,
  opened: Opened,
  routingId: number,
): Promise<DidKey | null> => {
  const observed = await targets.keyOfRouting(opened.connectionId, routingId);
  if (observed !== null) return observed;
  return (await findListed(opened, 'routing', (row) => row.id === routingId)).row?.key ?? null;
};
