import { activeBots } from './bot';
import type { DidKey } from './ids';
import type { KeyObservation } from './observation';
import type { KeySection } from './key-section';
import type { RemoteDid } from './remote';
import type { SetAsideRow } from './set-aside';

/** The rows set aside of the lists that say something about one key. */
export type SetAsideRows = Readonly<Record<KeySection, readonly SetAsideRow[]>>;

export const NONE_SET_ASIDE: SetAsideRows = { dids: [], bots: [], routing: [] };

/** Why it cannot be said whether the list shows the record of a key; null: it can. `isListed`: it shows one of that key. */
export const doubtOfKey = (
  setAside: readonly SetAsideRow[],
  key: DidKey,
  { isListed, dids = null }: { readonly isListed: boolean; readonly dids?: readonly RemoteDid[] | null },
): SetAsideRow | null => setAside.find((row) => isOf(row, key, dids) ?? (!isListed && !row.beside.has(key))) ?? null;

/** Null: it cannot be told. */
const isOf = ({ key, didId }: SetAsideRow, wanted: DidKey, dids: readonly RemoteDid[] | null): boolean | null => {
  if (key !== null) return key === wanted;
  return didId === null || dids === null || dids.length === 0 ? null : dids.some((did) => did.didId === didId);
};

/**
 * True if it cannot be said whether the client has an active bot, or what became of the one that calls go to. A listed bot that
 * is active for certain answers for the client.
 */
export const areBotsInDoubt = (
  setAside: readonly SetAsideRow[],
  clientId: number | null,
  observed: Pick<KeyObservation, 'bots' | 'misreportedBotIds' | 'routing'>,
): boolean => {
  const maybe = clientId === null ? [] : maybeBotsOf(setAside, clientId);
  if (maybe.length === 0) return false;
  const routed = observed.routing?.outboundBotId ?? null;
  const isListed = observed.bots.some(({ id }) => id === routed);
  return activeBots(observed).length === 0 || (routed !== null && !isListed && maybe.some((row) => mayBe(row, routed)));
};

/** Rows that may be bots of this client. */
export const maybeBotsOf = (setAside: readonly SetAsideRow[], clientId: number): readonly SetAsideRow[] =>
  setAside.filter((row) => row.clientId === null || row.clientId === clientId);

/** True if the row may be the one with this id. */
export const mayBe = ({ identity }: SetAsideRow, id: number): boolean => identity === null || identity === id;
