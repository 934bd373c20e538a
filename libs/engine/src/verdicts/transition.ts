import type { NewEvent } from '@dialtone/contracts';
import {
  advisoriesAfter,
  diffDrift,
  type Advisory,
  type DidKey,
  type OpenDrift,
  type ReadinessState,
} from '@dialtone/domain';
import { readyStatus } from './conditions/condition-statuses';
import { verdictEntry } from './history/verdict-entry';
import type { ToldState } from '../ports/flapping';
import type { HistoryEntry } from '../ports/history';
import type { KeyUpdate, StoredKey } from '../ports/key-states';
import { flapEnd } from './flap-end';
import { flapAdvisories, flapTurn, ruledAdvisories, toldOf, withIds } from './flapping';
import { freshTurn, staleTurn } from './freshness-turn';
import { knownIds } from './known-ids';
import type { LockedKey, TransitionScope } from './locked-key';
import { isNews, isVerdictNews } from './verdict-change';
import type { Timing } from '../ports/timings';
import { timeToDetect } from './timings/time-to-detect';
import { becameReady, type BecameReady } from './timings/time-to-ready';
import { advisoryEvents, changeEvents, eventBase, type EventSubject } from './verdict-events';

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
  /** Its flapping was over: the status of its binding may have been withheld, too. */
  readonly calmed: boolean;
  /** How long its drift may have stood before it is told; null: none begins that can be timed. */
  readonly detected: Extract<Timing, { kind: 'detected' }> | null;
  /** A declared number is READY that was not: see `timeToReady`. Null: it is not that. */
  readonly becameReady: BecameReady | null;
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
  const { observation, readiness } = update;
  if (stored.observedAt > observation.observedAt || !isNews(update, stored)) return null;
  if (readiness.complete) {
    const calmed = flapEnd(scope, locked);
    const changed = verdictTransition(scope, calmed?.after ?? locked, update);
    const events = [...(calmed?.events ?? []), ...changed.events];
    return { ...changed, events, calmed: calmed !== null };
  }
  const after = { stored: { ...stored, stale: true, presence: observation.presence }, eventSeq };
  const turns = { ready: null, fresh: staleTurn(stored, scope.now, scope.watch) };
  const nothing = { events: [], history: [], needsWork: false, calmed: false, detected: null, becameReady: null };
  return { kind: 'staleness', update, after, turns, ...nothing };
};

const verdictTransition = (
  scope: TransitionScope,
  locked: LockedKey,
  update: KeyUpdate,
): Omit<Transition, 'calmed'> => {
  const { stored } = locked;
  const { readiness, digest, observation } = update;
  const { presence, observedAt } = observation;
  const { state, issues } = readiness;
  const isOtherVerdict = isVerdictNews(update, stored);
  const subject = subjectOf(stored, update);
  const entry = verdictEntry(scope, { stored, after: readiness, observedAt, ids: subject.ids });
  const drift = nextDrift(scope, stored, update);
  const ruled = advisoriesAfter(ruledAdvisories(stored), update.advisories, scope.now).after;
  const { memory, begun } = isOtherVerdict
    ? flapTurn(stored, readiness, { limits: scope.flapping, ids: subject.ids, now: scope.now })
    : { memory: withIds(stored.flap, subject.ids), begun: null };
  const flaps = begun === null ? flapAdvisories(stored) : [begun];
  const told = { locked, subject, verdict: update, drift, advisories: ruled };
  const events = memory?.flapping ? flapBegins(scope, told, begun) : changes(scope, told);
  const verdict = { state, issues, stale: false, observedAt, presence, drift, digest, flap: memory };
  const after = { ...stored, ...verdict, advisories: [...ruled, ...flaps] };
  return {
    kind: 'verdict',
    update,
    after: { stored: after, eventSeq: locked.eventSeq + events.length },
    events,
    history: entry === null ? [] : [entry],
    turns: { ready: readyTurn(stored, state, scope.now), fresh: freshTurn(stored, scope.now, scope.watch) },
    detected: timeToDetect(scope, locked, after),
    becameReady: becameReady(scope, locked, after),
    // Other facts behind the same issues can unblock a plan; behind READY only the mapping to a declared client can.
    needsWork: isOtherVerdict || (stored.digest !== digest && (issues.length > 0 || namesClient(stored))),
  };
};

interface Telling extends Pick<ToldState, 'drift' | 'advisories'> {
  readonly locked: LockedKey;
  readonly subject: EventSubject;
  readonly verdict: KeyUpdate;
}

/** While it flaps, its beginning is all that is told. */
const flapBegins = (
  scope: TransitionScope,
  { locked, subject }: Telling,
  begun: Advisory<'FLAPPING'> | null,
): readonly NewEvent[] =>
  begun === null ? [] : advisoryEvents(eventBase(scope, locked, subject), { begun: [begun], ended: [] });

const changes = (
  scope: TransitionScope,
  { locked, subject, verdict, drift, advisories }: Telling,
): readonly NewEvent[] => {
  const { stored } = locked;
  const { state, issues, actionItems } = verdict.readiness;
  return changeEvents(
    eventBase(scope, locked, subject),
    { told: toldOf(stored), observedAt: stored.observedAt },
    { state, issues, actionItems, observedAt: verdict.observation.observedAt },
    { drift, advisories },
  );
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

const nextDrift = (
  scope: TransitionScope,
  { drift: stored, flap }: StoredKey,
  { readiness }: KeyUpdate,
): OpenDrift | null => {
  const change = diffDrift(stored, readiness);
  switch (change.kind) {
    case 'none':
      return stored;
    case 'resolved':
      return null;
    case 'opened': {
      // For those who are told of no change the drift before is still open.
      const { id, openedAt } = flap?.flapping?.told.drift ?? { id: scope.mintDriftId(), openedAt: scope.now };
      return { id, openedAt, issues: change.issues };
    }
    case 'changed':
      return { ...change.drift, issues: change.issues };
  }
};
