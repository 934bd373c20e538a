import { actionItemOf, type KeyObservation, type Readiness } from '@dialtone/domain';
import type { LocalNumberRow, StoredKey } from './ports/state';

/** One key as it is shown to whoever asked: the verdict and what it was made from. */
export interface KeyReport {
  readonly readiness: Readiness;
  readonly observation: KeyObservation;
  readonly local: LocalNumberRow | null;
}

/**
 * The verdict to show. A list that was not complete can leave it open which issue comes first: then the last complete
 * verdict stands, and UNKNOWN is shown only of a key that never had one.
 */
export const shownVerdict = (judged: Readiness, stored: StoredKey | undefined): Readiness => {
  if (judged.state !== 'UNKNOWN' || stored === undefined || stored.observedAt === 0) return judged;
  const { state, issues } = stored;
  return { ...judged, state, issues, actionItems: issues.map(actionItemOf) };
};
