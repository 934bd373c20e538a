import type { HistoryEntry, HistoryRecord } from '../../ports/history';
import type { WriteIntent, WriteState } from '../../ports/journal';
import { shownBody } from './shown-facts';

/** The one entry of a mutating call, written with its intent; what became of it is read from the journal. The partner is the connection's. */
export const writeEntry = (intent: WriteIntent): Omit<HistoryEntry, 'partnerId'> => {
  const { connectionId, key, actor, requestId, step, target, generation, body, before = null } = intent;
  return {
    kind: 'upstream_write',
    connectionId,
    key,
    actor,
    manager: null,
    requestId,
    before: before && shownBody(before),
    after: { step, target, ...(generation > 0 && { generation }), body: shownBody(body) },
  };
};

/** A write as the journal has it. Times are epoch ms. */
export interface JournalledOutcome {
  readonly state: WriteState;
  /** When it was answered, or when no answer was waited for any more. */
  readonly finishedAt: number | null;
  /** When a listing proved what became of it. */
  readonly resolvedAt: number | null;
}

/** What was known of it, and since when: only a write whose outcome was not known is resolved. */
export const writeOutcomes = ({ state, finishedAt, resolvedAt }: JournalledOutcome): HistoryRecord['outcomes'] => {
  if (state === 'pending') return [];
  const finished = finishedAt === null ? null : { outcome: resolvedAt === null ? state : 'unknown', at: finishedAt };
  const resolved = resolvedAt === null ? null : { outcome: state, at: resolvedAt };
  return [finished, resolved].filter((told) => told !== null);
};
