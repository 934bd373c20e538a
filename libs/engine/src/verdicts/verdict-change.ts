import {
  areAdvisoriesNews,
  digestOf,
  findAdvisories,
  isNewlySuspect,
  judgeReadiness,
  NOTHING_SEEN,
  samePresence,
  type KeyObservation,
  type Readiness,
} from '@dialtone/domain';
import type { KeyUpdate, StoredKey } from '../ports/key-states';
import { ruledAdvisories } from './flapping';

/** What a verdict is made from, beside the observation. */
export interface VerdictContext {
  /** As stored; null: nothing is declared. */
  readonly declared: StoredKey['declared'];
  /** Where a bot points to when the declaration does not say. */
  readonly defaultWebsocketUrl: string;
  /** Epoch ms. */
  readonly now: number;
}

/** The verdict on what was observed, as it is stored. */
export const verdictOf = (observation: KeyObservation, context: VerdictContext): KeyUpdate => {
  const readiness = judgeReadiness(observation, {
    declaredAgentId: context.declared?.agentId ?? null,
    now: context.now,
  });
  return updateOf(observation, readiness, context);
};

/** With what is said beside it. */
export const updateOf = (
  observation: KeyObservation,
  readiness: Readiness,
  { declared, defaultWebsocketUrl }: Pick<VerdictContext, 'declared' | 'defaultWebsocketUrl'>,
): KeyUpdate => ({
  observation,
  readiness,
  digest: digestOf(observation, readiness),
  advisories: findAdvisories(observation, declared && { declared, defaultWebsocketUrl }),
});

/**
 * False when the stored row says the same already: the one rule for "nothing to write". A digest covers verdict and facts;
 * what is remembered of earlier listings is compared beside it, and advisories depend on the declaration besides; an incomplete verdict only marks the stored
 * one stale and moves the memory on.
 */
export const isNews = ({ observation, readiness, digest, advisories }: KeyUpdate, stored: StoredKey): boolean => {
  if (!samePresence(stored.presence, observation.presence)) return true;
  if (!readiness.complete) return !stored.stale && !isOnlyOld(observation, readiness);
  return stored.stale || stored.digest !== digest || areAdvisoriesNews(ruledAdvisories(stored), advisories);
};

/** A list from before what was seen already takes nothing from the verdict on that. */
const isOnlyOld = ({ old }: KeyObservation, { unknownSections }: Readiness): boolean =>
  old !== undefined && unknownSections.every((section) => old.includes(section));

/** The state or the issues differ, not only the facts behind them. */
export const isVerdictNews = ({ readiness }: KeyUpdate, stored: StoredKey): boolean =>
  stored.state !== readiness.state || stored.issues.join() !== readiness.issues.join();

/**
 * What there is to store of an observed key; null when the stored verdict says the same already. A key without a row gets
 * none from lists that are not complete. The time of observation does not count here: whether the row is newer is decided
 * when it is locked.
 */
export const changeOf = (
  observation: KeyObservation,
  stored: StoredKey | undefined,
  given: Omit<VerdictContext, 'declared'>,
): KeyUpdate | null => {
  const update = verdictOf(observation, { ...given, declared: stored?.declared ?? null });
  const hasNews = stored === undefined ? update.readiness.complete : isNews(update, stored);
  return hasNews ? update : null;
};

/**
 * The first verdict on a number of which nothing is stored but a local row, as a rule: nothing is declared of it, so nothing can break
 * with it. Whether it has a row all the same is seen when it is written.
 */
export const isFirstVerdict = ({ readiness }: KeyUpdate, stored: StoredKey | undefined): boolean =>
  readiness.complete &&
  (stored === undefined ||
    (stored.declared === null && stored.observedAt === 0 && !stored.stale && stored.digest === ''));

/** It was declared and READY, and is not any more. */
export const isBreakage = ({ readiness }: KeyUpdate, stored: StoredKey | undefined): boolean => {
  const wasReady = stored !== undefined && stored.declared !== null && stored.state === 'READY';
  return wasReady && readiness.complete && readiness.state !== 'READY';
};

export const isUnconfirmed = ({ presence }: KeyObservation, stored: StoredKey | undefined): boolean =>
  isNewlySuspect(presence, stored?.presence ?? NOTHING_SEEN);
