import type { DidKey } from '@dialtone/domain';
import type { ObservedTargets } from '@dialtone/persistence';
import type { Opened } from './open-account';

/**
 * The number that an id of VoiceLink belongs to: as it was observed last, else as VoiceLink lists it now, so that also a number
 * that is new here is written to under its own lease. Null: it is not listed, and VoiceLink will say so.
 */
export const numberOfDid = async (
  targets: ObservedTargets,
  { connectionId, account }: Opened,
  didId: number,
): Promise<DidKey | null> => {
  const observed = await targets.keyOfDid(connectionId, didId);
  if (observed !== null) return observed;
  return (await account.list('dids')).rows.find((row) => row.didId === didId)?.key ?? null;
};

/** The same of a routing record. */
export const numberOfRouting = async (
  targets: ObservedTargets,
  { connectionId, account }: Opened,
  routingId: number,
): Promise<DidKey | null> => {
  const observed = await targets.keyOfRouting(connectionId, routingId);
  if (observed !== null) return observed;
  return (await account.list('routing')).rows.find((row) => row.id === routingId)?.key ?? null;
};
