import type { NewEvent } from '@dialtone/contracts';
import { advisoriesAfter, diffDrift, type DidKey, type OpenDrift, type ReadinessState } from '@dialtone/domain';
import { readyStatus } from './conditions/condition-statuses';
import { verdictEntry } from './history/verdict-entry';
import type { HistoryEntry } from '../ports/history';
import type { KeyUpdate, StoredKey } from '../ports/key-states';
import { freshTurn, staleTurn } from './freshness-turn';
import { knownIds } from './known-ids';
import type { LockedKey, TransitionScope } from './locked-key';
import { isNews, isVerdictNews } from './verdict-change';
import { advisoryEvents, driftEvents, eventBase, readinessEvents, type EventSubject } from './verdict-events';

/** The conditions of a key that an update turns: since when, epoch ms of the store; null: not turned. */
export interface KeyTurns {
  readonly ready: number | null;
  readonly fresh: number | null;
}

/** What one update makes of one row. */
export interface Transition {
  /** `staleness`: only `stale` and the presence memory change. */
  readonly kind: 'staleness' | 'verdict';
  readonly update: KeyUpdate;
  readonly after: LockedKey;
  /** In the order of their numbers; the last number is `after.eventSeq`. */
  readonly events: readonly NewEvent[];
  /** The entry of another verdict, or none. */
  readonly history: readonly HistoryEntry[];
  readonly turns: KeyTurns;
  /** A binding of this key may have something to do now. */
  readonly needsWork: boolean;
}

/** Sorted by key; of several updates of one key only the newest (of equals, the last) counts. */
export const newestPerKey = (updates: readonly KeyUpdate[]): readonly KeyUpdate[] => {
  const byKey = new Map<DidKey, KeyUpdate>();
  for (const update of updates) {
    const other = byKey.get(update.observation.key);
    if (other === undefined || other.observation.observedAt <= update.observation.observedAt) {
      byKey.set(update.observation.key, update);
    }
  }
  return [...byKey.values()].sort((a, b) => (a.observation.key < b.observation.key ? -1 : 1));
};

/**
 * What an update means, decided on the locked row so that a drift is never opened twice. Null: nothing to write, because
 * the row says the same or knows better.
 */
export const transition = (scope: TransitionScope, locked: LockedKey, update: KeyUpdate): Transition | null => {
  const { stored, eventSeq } = locked;
  const { observation, readiness, digest } = update;
  if (stored.observedAt > observation.observedAt || !isNews(update, stored)) return null;
  const { presence, observedAt } = observation;
  if (!readiness.complete) {
    const after = { stored: { ...stored, stale: true, presence }, eventSeq };
    const turns = { ready: null, fresh: staleTurn(stored, scope.now, scope.watch) };
    return { kind: 'staleness', update, after, events: [], history: [], turns, needsWork: false };
  }
  const { state, issues } = readiness;
  const drift = nextDrift(scope, stored.drift, update);
  const isOtherVerdict = isVerdictNews(update, stored);
  const subject = subjectOf(stored, update);
  const base = eventBase(scope, locked, subject);
  const entry = verdictEntry(scope, { stored, after: readiness, observedAt, ids: subject.ids });
  const advisories = advisoriesAfter(stored.advisories, update.advisories, scope.now);
  const verdict = { state, issues, actionItems: readiness.actionItems, observedAt };
  const events = [
    ...(isOtherVerdict ? readinessEvents(base, stored, verdict, drift) : []),
    ...driftEvents(base, stored, verdict, drift),
    ...advisoryEvents(base, advisories),
  ];
  return {
    kind: 'verdict',
    update,
    after: {
      stored: {
        ...stored,
        ...{ state, issues, stale: false, observedAt, presence, drift, digest },
        advisories: advisories.after,
      },
      eventSeq: eventSeq + events.length,
    },
    events,
    history: entry === null ? [] : [entry],
    turns: { ready: readyTurn(stored, state, scope.now), fresh: freshTurn(stored, scope.now, scope.watch) },
    // Other facts behind the same issues can unblock a plan; behind READY only the mapping to a declared client can.
    needsWork: isOtherVerdict || (stored.digest !== digest && (issues.length > 0 || namesClient(stored))),
  };
};

/** Since when Ready has another status; null: it has not. */
export const readyTurn = (before: StoredKey, state: ReadinessState, now: number): number | null =>
  readyStatus(before.state) === readyStatus(state) ? null : now;

const namesClient = ({ declared }: StoredKey): boolean => declared !== null && declared.clientId !== null;

const subjectOf = (stored: StoredKey, { observation, readiness }: KeyUpdate): EventSubject => ({
  key: readiness.key,
  phoneNumber: readiness.phoneNumber,
  state: readiness.state,
  ids: knownIds({
    ...observation,
    bot: readiness.bot,
    agentId: stored.declared?.agentId ?? observation.local?.agentId,
  }),
});

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
