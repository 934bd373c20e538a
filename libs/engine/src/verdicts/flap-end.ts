import type { NewEvent } from '@dialtone/contracts';
import { actionItemOf, phoneNumberOf } from '@dialtone/domain';
import { calmedDown, flapAdvisories, ruledAdvisories } from './flapping';
import type { LockedKey, TransitionScope } from './locked-key';
import { advisoryEvents, changeEvents, eventBase } from './verdict-events';

/** What the end of its flapping makes of one row. */
export interface FlapEnd {
  readonly after: LockedKey;
  /** In the order of their numbers; the last number is `after.eventSeq`. */
  readonly events: readonly NewEvent[];
}

/**
 * A verdict has stayed the same for long enough: its flapping ends, and what differs from what was told last is told now. So the
 * last event of each kind says what is true. Null: it does not flap, or flaps still.
 */
export const flapEnd = (
  scope: Pick<TransitionScope, 'partnerId' | 'connectionId' | 'now'>,
  locked: LockedKey,
): FlapEnd | null => {
  const { stored } = locked;
  const flapping = calmedDown(stored, scope.now);
  if (flapping === null) return null;
  const { key, state, issues, observedAt, drift } = stored;
  const advisories = ruledAdvisories(stored);
  const base = eventBase(scope, locked, { key, phoneNumber: phoneNumberOf(key), state, ids: flapping.ids });
  const verdict = { state, issues, actionItems: issues.map(actionItemOf), observedAt };
  const events = [
    ...advisoryEvents(base, { begun: [], ended: flapAdvisories(stored) }),
    ...changeEvents(base, { told: flapping.told, observedAt }, verdict, { drift, advisories }),
  ];
  return {
    after: { ...locked, stored: { ...stored, advisories, flap: null }, eventSeq: locked.eventSeq + events.length },
    events,
  };
};
