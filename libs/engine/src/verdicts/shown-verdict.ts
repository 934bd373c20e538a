import {
  actionItemOf,
  isRefuted,
  judgeReadiness,
  type JudgeContext,
  type KeyObservation,
  type Readiness,
} from '@dialtone/domain';
import type { StoredKey } from '../ports/key-states';
import type { LocalNumberRow } from '../ports/phone-numbers';

/** One key as a caller sees it: the verdict and what it was made from. */
export interface KeyReport {
  readonly readiness: Readiness;
  readonly observation: KeyObservation;
  readonly local: LocalNumberRow | null;
  /** The verdict is not one on what was observed now, but the last complete one. */
  readonly stale?: true;
}

type ShownVerdict = Pick<KeyReport, 'readiness' | 'stale'>;

/**
 * The verdict to show. A list that was not complete can leave it open which issue comes first: then the last complete
 * verdict stands, as long as nothing that was read speaks against it. UNKNOWN is shown of a key that never had one, or of
 * which something is known to have changed and not what it has come to.
 */
export const shownVerdict = (
  observation: KeyObservation,
  stored: StoredKey | undefined,
  context: JudgeContext,
): ShownVerdict => {
  const judged = judgeReadiness(observation, context);
  if (judged.state !== 'UNKNOWN' || stored === undefined || stored.observedAt === 0) return { readiness: judged };
  const { state, issues } = stored;
  if (isRefuted(stored, observation, context)) return { readiness: judged };
  return { readiness: { ...judged, state, issues, actionItems: issues.map(actionItemOf) }, stale: true };
};
