import {
  digestOf,
  isNewlySuspect,
  judgeReadiness,
  NOTHING_SEEN,
  samePresence,
  type JudgeContext,
  type KeyObservation,
} from '@dialtone/domain';
import type { KeyUpdate, StoredKey } from '../ports/key-states';

/** The verdict on what was observed, as it is stored. */
export const verdictOf = (observation: KeyObservation, context: JudgeContext): KeyUpdate => {
  const readiness = judgeReadiness(observation, context);
  return { observation, readiness, digest: digestOf(observation, readiness) };
};

/**
 * False when the stored row says the same already: the one rule for "nothing to write". A digest covers verdict, facts and
 * presence; an incomplete verdict only marks the stored one stale and moves the presence memory on.
 */
export const isNews = ({ observation, readiness, digest }: KeyUpdate, stored: StoredKey): boolean => {
  if (readiness.complete) return stored.stale || stored.digest !== digest;
  return !stored.stale || !samePresence(stored.presence, observation.presence);
};

/** The state or the issues differ, not only the facts behind them. */
export const isVerdictNews = ({ readiness }: KeyUpdate, stored: StoredKey): boolean =>
  stored.state !== readiness.state || stored.issues.join() !== readiness.issues.join();

/**
 * What there is to store of an observed key; null when the stored verdict says the same already. A key without a row gets
 * none from lists that are not complete. The time of observation does not count here: whether the row is newer is decided
 * when it is locked.
 */
export const changeOf = (observation: KeyObservation, stored: StoredKey | undefined, now: number): KeyUpdate | null => {
  const update = verdictOf(observation, { declaredAgentId: stored?.declared?.agentId ?? null, now });
  const hasNews = stored === undefined ? update.readiness.complete : isNews(update, stored);
  return hasNews ? update : null;
};

/** It was declared and READY, and is not any more. */
export const isBreakage = ({ readiness }: KeyUpdate, stored: StoredKey | undefined): boolean => {
  const wasReady = stored !== undefined && stored.declared !== null && stored.state === 'READY';
  return wasReady && readiness.complete && readiness.state !== 'READY';
};

export const isUnconfirmed = ({ presence }: KeyObservation, stored: StoredKey | undefined): boolean =>
  isNewlySuspect(presence, stored?.presence ?? NOTHING_SEEN);
