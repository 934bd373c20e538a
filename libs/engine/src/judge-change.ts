import { digestOf, judgeReadiness, type KeyObservation } from '@dialtone/domain';
import type { KeyUpdate, StoredKey } from './ports/state';

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
  const { did, bot, routing } = observation.presence;
  const remembered = stored.presence.did === did && stored.presence.bot === bot && stored.presence.routing === routing;
  return stored.stale && remembered;
};

/** It was declared and READY, and is not any more. */
export const isBreakage = ({ readiness }: KeyUpdate, stored: StoredKey | undefined): boolean => {
  const wasReady = stored !== undefined && stored.declared !== null && stored.state === 'READY';
  return wasReady && readiness.complete && readiness.state !== 'READY';
};

/** What was suspect before waits for a complete list; listing an ailing VoiceLink every second does not bring it about. */
export const isNewlySuspect = ({ presence: is }: KeyObservation, stored: StoredKey | undefined): boolean =>
  (['did', 'bot', 'routing'] as const).some((fact) => is[fact] === 'suspect' && stored?.presence[fact] !== 'suspect');
