import { diffDrift, samePresence, type OpenDrift } from '@dialtone/domain';
import type { KeyUpdate, StoredKey } from '@dialtone/engine';
import type { NewEvent } from '../events/new-event';
import type { LockedKey, TransitionScope } from './locked-key';
import { driftEvents, eventBase, readinessEvents } from './key-events';

/** What one update makes of one row. `staleness`: only the mark and the presence memory. */
export type KeyTransition =
  | { readonly kind: 'staleness'; readonly update: KeyUpdate }
  | {
      readonly kind: 'verdict';
      readonly update: KeyUpdate;
      readonly drift: OpenDrift | null;
      readonly events: readonly NewEvent[];
      /** A binding of this key may have something to do now. */
      readonly needsWork: boolean;
    };

/** Null: nothing to write, since the update says the same or is older than what is stored. */
export const transitionKey = (scope: TransitionScope, locked: LockedKey, update: KeyUpdate): KeyTransition | null => {
  const { stored } = locked;
  if (stored.observedAt > update.observation.observedAt) return null;
  const sameMemory = samePresence(stored.presence, update.observation.presence);
  if (!update.readiness.complete) return stored.stale && sameMemory ? null : { kind: 'staleness', update };

  const drift = nextDrift(scope, stored.drift, update);
  const verdictChanged = !sameVerdict(stored, update);
  const factsChanged = stored.digest !== update.digest;
  const changed = [verdictChanged, factsChanged, stored.stale, !sameMemory, drift !== stored.drift];
  if (!changed.includes(true)) return null;
  const base = eventBase(scope, locked, update);
  return {
    kind: 'verdict',
    update,
    drift,
    events: [
      ...(verdictChanged ? readinessEvents(base, stored, update, drift) : []),
      ...driftEvents(base, stored, update, drift),
    ],
    // Other facts behind the same issues can unblock a plan; behind READY they cannot.
    needsWork: verdictChanged || (factsChanged && update.readiness.issues.length > 0),
  };
};

const sameVerdict = (stored: StoredKey, { readiness }: KeyUpdate): boolean =>
  stored.state === readiness.state && stored.issues.join() === readiness.issues.join();

const nextDrift = (scope: TransitionScope, stored: OpenDrift | null, { readiness }: KeyUpdate): OpenDrift | null => {
  const change = diffDrift(stored, readiness);
  switch (change.kind) {
    case 'none':
      return stored;
    case 'resolved':
      return null;
    case 'opened':
      return { id: scope.mintDriftId(), openedAt: scope.now, issues: change.issues };
    case 'changed':
      return { ...change.drift, issues: change.issues };
  }
};
