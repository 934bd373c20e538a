import type { KeyObservation } from './observation';
import type { KeySection } from './key-section';
import type { Snapshot } from './snapshot';

/** True if what a key lacks is what an operator has confirmed to be gone: it needs no second confirmation. */
export const isConfirmedLoss = (
  { key, did, bots, routing }: KeyObservation,
  snapshot: Pick<Snapshot, KeySection>,
): boolean => {
  const gone = (section: KeySection): ReadonlySet<string> => {
    const listing = snapshot[section];
    return (listing.status === 'complete' ? listing.losses?.confirmed : undefined) ?? NONE;
  };
  if (did === null) return gone('dids').has(key);
  if (routing === null) return gone('routing').has(key);
  const routed = routing.outboundBotId;
  return bots.length === 0 ? gone('bots').size > 0 : routed !== null && gone('bots').has(String(routed));
};

const NONE: ReadonlySet<string> = new Set();
