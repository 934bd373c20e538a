import type { KnownIds } from '@dialtone/contracts';
import type { Readiness } from '@dialtone/domain';
import { RECONCILER, type HistoryEntry } from '../../ports/history';
import type { StoredKey } from '../../ports/key-states';
import { isoTime } from '../iso-time';
import type { TransitionScope } from '../locked-key';

type Told = Pick<Readiness, 'state' | 'issues'>;

/** What a verdict became, and what was known beside it. */
export interface ChangeOfVerdict {
  readonly stored: StoredKey;
  readonly after: Told;
  /** Epoch ms of the observation behind it; 0: none. */
  readonly observedAt: number;
  readonly ids: KnownIds;
  /** Why there is no verdict any more, when that is not what was observed. */
  readonly reason?: string;
}

/** Null: state and issues are as before. */
export const verdictEntry = (
  { partnerId, connectionId, author = RECONCILER }: Pick<TransitionScope, 'partnerId' | 'connectionId' | 'author'>,
  { stored, after: { state, issues }, observedAt, ids, reason }: ChangeOfVerdict,
): HistoryEntry | null => {
  if (stored.state === state && stored.issues.join() === issues.join()) return null;
  const { key } = stored;
  const isFirst = stored.observedAt === 0 && stored.state === 'UNKNOWN';
  return {
    kind: 'verdict_changed',
    partnerId,
    connectionId,
    key,
    ...author,
    before: isFirst ? null : { state: stored.state, issues: stored.issues },
    after: {
      state,
      issues,
      ...(observedAt > 0 && { observed_at: isoTime(observedAt) }),
      ...(reason !== undefined && { reason }),
      ...ids,
    },
  };
};
