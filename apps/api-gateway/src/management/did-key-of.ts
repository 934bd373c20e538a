import type { DidKey } from '@dialtone/domain';
import type { ObservedTargets } from '@dialtone/persistence';
import { findListed } from './find-listed';
import type { Opened } from './open-account';

/**
 * The number that an id of VoiceLink belongs to: as it was observed last, else as VoiceLink lists it now, so that also a number
 * that is new here is written to under its own lease. Null: it is not listed, or VoiceLink shows no list of which that could be
 * told, to the reconciler neither. Throws when it does not show one at the moment: somebody else might be writing to that number.
 */
export const numberOfDid = async (targets: ObservedTargets, opened: Opened, didId: number): Promise<DidKey | null> =>
  (await targets.keyOfDid(opened.connectionId, didId)) ??
  (await listedNumber(opened, 'dids', (row) => row.didId === didId));

/** The same of a routing record. */
export const numberOfRouting = async (
  targets: ObservedTargets,
  opened: Opened,
  routingId: number,
): Promise<DidKey | null> =>
  (await targets.keyOfRouting(opened.connectionId, routingId)) ??
  (await listedNumber(opened, 'routing', (row) => row.id === routingId));

const listedNumber = async <S extends 'dids' | 'routing'>(
  ...[opened, section, isMeant]: Parameters<typeof findListed<S>>
): Promise<DidKey | null> => {
  const { row, doubt } = await findListed(opened, section, isMeant);
  if (doubt?.passes === true) throw doubt.error;
  return row?.key ?? null;
};
