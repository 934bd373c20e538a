import {
  digestOf,
  isNewlySuspect,
  judgeReadiness,
  NOTHING_SEEN,
  samePresence,
  type KeyObservation,
} from '@dialtone/domain';
import type { KeyUpdate, StoredKey } from '../ports/key-states';

/** What there is to store of an observed key; null when the stored verdict says the same already. */
export const changeOf = (observation: KeyObservation, stored: StoredKey | undefined, now: number): KeyUpdate | null => {
  const readiness = judgeReadiness(observation, { declaredAgentId: stored?.declared?.agentId ?? null, now });
  const digest = digestOf(observation, readiness);
  const isKnown =
    stored === undefined ? !readiness.complete : isStoredAlready(stored, observation, readiness.complete, digest);
  return isKnown ? null : { observation, readiness, digest };
};

const isStoredAlready = (
  stored: StoredKey,
  observation: KeyObservation,
  complete: boolean,
  digest: string,
): boolean => {
  if (complete) return !stored.stale && stored.digest === digest;
  return stored.stale && samePresence(stored.presence, observation.presence);
};

/** It was declared and READY, and is not any more. */
export const isBreakage = ({ readiness }: KeyUpdate, stored: StoredKey | undefined): boolean => {
  const wasReady = stored !== undefined && stored.declared !== null && stored.state === 'READY';
  return wasReady && readiness.complete && readiness.state !== 'READY';
};

export const isUnconfirmed = ({ presence }: KeyObservation, stored: StoredKey | undefined): boolean =>
  isNewlySuspect(presence, stored?.presence ?? NOTHING_SEEN);
