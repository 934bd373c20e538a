import type { NewEvent } from '@dialtone/contracts';
import { forgotten, phoneNumberOf } from '@dialtone/domain';
import type { StoredKey } from '../ports/key-states';
import { knownIds } from './known-ids';
import type { LockedKey, TransitionScope } from './locked-key';
import { driftEvents, eventBase, readinessEvents } from './verdict-events';

/** What a row says of a DID that is not looked at any more. When it was seen last, as what, and that it was ever listed, stays. */
export const NO_VERDICT = {
  state: 'UNKNOWN',
  issues: [],
  stale: true,
  drift: null,
  digest: '',
} as const satisfies Partial<StoredKey>;

/** What a disconnect makes of one row. */
export interface VerdictEnd {
  readonly after: LockedKey;
  /** In the order of their numbers; the last number is `after.eventSeq`. */
  readonly events: readonly NewEvent[];
}

/**
 * What the disconnect of its connection makes of a verdict: it ends, and so does its drift, because no process would ever see
 * that they are over. Null: there is no verdict to end.
 */
export const verdictEnd = (
  scope: Pick<TransitionScope, 'partnerId' | 'connectionId' | 'now'>,
  locked: LockedKey,
): VerdictEnd | null => {
  const { stored } = locked;
  if (stored.state === NO_VERDICT.state && stored.drift === null) return null;
  const { key, observedAt, declared } = stored;
  const { state, issues } = NO_VERDICT;
  const subject = {
    key,
    phoneNumber: phoneNumberOf(key),
    state,
    // What VoiceLink has is not known any more.
    ids: knownIds({ did: null, routing: null, bot: null, local: null, agentId: declared?.agentId }),
  };
  const verdict = { state, issues, actionItems: [], observedAt, reason: 'disconnected' } as const;
  const base = eventBase(scope, locked, subject);
  const events = [
    ...(stored.state === state ? [] : readinessEvents(base, stored, verdict, null)),
    ...driftEvents(base, stored, verdict, null),
  ];
  return {
    after: {
      stored: { ...stored, ...NO_VERDICT, presence: forgotten(stored.presence) },
      eventSeq: locked.eventSeq + events.length,
    },
    events,
  };
};
