import type { WriteJournal, WritePurpose } from '../ports/journal';

/** What became of journalled writes; nothing is decided from it. */
export interface WriteObserver {
  ended(step: WritePurpose, outcome: 'done' | 'failed' | 'unknown'): void;
  /** What a complete listing proved about earlier writes. */
  resolved(outcome: 'applied' | 'not_applied', count: number): void;
}

/** The same journal, which tells what becomes of the writes that this process began. */
export const meteredJournal = (journal: WriteJournal, observer: WriteObserver): WriteJournal => {
  const begun = new Map<string, WritePurpose>();
  return {
    begin: async (intent, leases) => {
      const id = await journal.begin(intent, leases);
      if (id !== null) begun.set(id, intent.step);
      return id;
    },
    finish: async (id, outcome, answer) => {
      const step = begun.get(id);
      begun.delete(id);
      if (step !== undefined) observer.ended(step, outcome);
      await journal.finish(id, outcome, answer);
    },
    unresolved: (connectionId, target) => journal.unresolved(connectionId, target),
    unresolvedOfKey: (connectionId, key) => journal.unresolvedOfKey(connectionId, key),
    unresolvedRequests: (connectionId) => journal.unresolvedRequests(connectionId),
    recent: (connectionId, since, key) => journal.recent(connectionId, since, key),
    repairs: (connectionId, aim, since) => journal.repairs(connectionId, aim, since),
    resolve: async (ids, outcome) => {
      await journal.resolve(ids, outcome);
      observer.resolved(outcome, ids.length);
    },
  };
};
