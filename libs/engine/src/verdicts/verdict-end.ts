import type { NewEvent, VerdictEndCode } from '@dialtone/contracts';
import { forgotten, phoneNumberOf } from '@dialtone/domain';
import { verdictEntry } from './history/verdict-entry';
import type { HistoryEntry } from '../ports/history';
import type { StoredKey } from '../ports/key-states';
import { staleTurn } from './freshness-turn';
import { flapAdvisories, isFlapping, toldOf } from './flapping';
import { knownIds } from './known-ids';
import type { LockedKey, TransitionScope } from './locked-key';
import { readyTurn, type KeyTurns } from './transition';
import { advisoryEvents, changeEvents, eventBase } from './verdict-events';

/** What a row says of a DID that is not looked at any more. When it was seen last, as what, and that it was ever listed, stays. */
export const NO_VERDICT = {
  state: 'UNKNOWN',
  issues: [],
  stale: true,
  drift: null,
  digest: '',
  advisories: [],
  flap: null,
} as const satisfies Partial<StoredKey>;

/** What the end of its verdict makes of one row. */
export interface VerdictEnd {
  readonly after: LockedKey;
  /** In the order of their numbers; the last number is `after.eventSeq`. */
  readonly events: readonly NewEvent[];
  /** The entry of another verdict, or none. */
  readonly history: readonly HistoryEntry[];
  readonly turns: KeyTurns;
  /** It flapped: the status of its binding may have been withheld, too. */
  readonly calmed: boolean;
}

/**
 * What it means that a number is not looked at any more, for a reason: its verdict ends, and so do its drift and its
 * advisories, because no process would ever see that they are over. Null: there is no verdict to end.
 */
export const verdictEnd = (
  scope: Omit<TransitionScope, 'mintDriftId'>,
  locked: LockedKey,
  reason: VerdictEndCode,
): VerdictEnd | null => {
  const { stored } = locked;
  if (hasEnded(stored)) return null;
  const { key, observedAt, declared } = stored;
  const { state, issues } = NO_VERDICT;
  const subject = {
    key,
    phoneNumber: phoneNumberOf(key),
    state,
    // What VoiceLink has is not known any more.
    ids: knownIds({ did: null, routing: null, bot: null, local: null, agentId: declared?.agentId }),
  };
  const verdict = { state, issues, actionItems: [], observedAt, reason } as const;
  const base = eventBase(scope, locked, subject);
  const from = { told: toldOf(stored), observedAt };
  const events = [
    ...changeEvents(base, from, verdict, { drift: null, advisories: [] }),
    ...advisoryEvents(base, { begun: [], ended: flapAdvisories(stored) }),
  ];
  const entry = verdictEntry(scope, { stored, after: { state, issues }, observedAt: 0, ids: subject.ids, reason });
  return {
    after: {
      stored: { ...stored, ...NO_VERDICT, presence: forgotten(stored.presence) },
      eventSeq: locked.eventSeq + events.length,
    },
    events,
    history: entry === null ? [] : [entry],
    calmed: isFlapping(stored),
    turns: { ready: readyTurn(stored, state, scope.now), fresh: staleTurn(stored, scope.now, scope.watch) },
  };
};

/** Nothing is claimed of it. */
export const hasEnded = ({ state, drift, advisories }: StoredKey): boolean =>
  state === NO_VERDICT.state && drift === null && advisories.length === 0;
