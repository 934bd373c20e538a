import type { DidKey } from '@dialtone/domain';
import type { ObservedTargets } from '@dialtone/persistence';
import { findListed } from './find-listed';
import type { Opened } from './open-account';

/**
 * The DID key behind a VoiceLink DID id: from the last observation, else from VoiceLink's current list, so that a number that
 * is new to Dialtone is also written under its own lease. Null: the DID is not listed, or its list is unreadable for good (then
 * the reconciler cannot read it either). Throws when the list is unreadable for now: the reconciler may be writing to that number.
 */
export const didKeyOfDid = async (targets: ObservedTargets, opened: Opened, didId: number): Promise<DidKey | null> =>
  (await targets.keyOfDid(opened.connectionId, didId)) ??
  (await listedKey(opened, 'dids', (row) => row.didId === didId));

/** The same for a routing record. */
export const didKeyOfRouting = async (
  targets: ObservedTargets,
  opened: Opened,
  routingId: number,
): Promise<DidKey | null> =>
  (await targets.keyOfRouting(opened.connectionId, routingId)) ??
  (await listedKey(opened, 'routing', (row) => row.id === routingId));

const listedKey = async <S extends 'dids' | 'routing'>(
  ...[opened, section, isMeant]: Parameters<typeof findListed<S>>
): Promise<DidKey | null> => {
  const { row, doubt } = await findListed(opened, section, isMeant);
  if (doubt?.passes === true) throw doubt.error;
  return row?.key ?? null;
};
