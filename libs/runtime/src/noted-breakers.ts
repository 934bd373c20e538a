import type { ConnectionId } from '@dialtone/domain';
import type { BreakerChange, GateObserver } from '@dialtone/engine';
import type { ConnectionStates } from '@dialtone/persistence';
import type { Logger } from '@dialtone/platform';

/** What a change leaves to be noted: for how long nothing is sent, null: it is again; undefined: nothing. */
const noteOf = ({ from, to, forMs }: BreakerChange): number | null | undefined => {
  if (to === 'open') return forMs > 0 ? forMs : undefined;
  // From open it closes only when the account is closed, which says nothing of VoiceLink.
  return to === 'closed' && from === 'half_open' ? null : undefined;
};

/** An observer that stores when the breaker of its connection opens and closes, for the other processes to show. */
export const noting = (
  id: ConnectionId,
  observer: GateObserver,
  states: Pick<ConnectionStates, 'noteBreaker'>,
  logger: Pick<Logger, 'warn'>,
): GateObserver => ({
  ...observer,
  breakerChanged: (change) => {
    observer.breakerChanged(change);
    const note = noteOf(change);
    if (note === undefined) return;
    states.noteBreaker(id, note).catch((error: unknown) => {
      logger.warn({ err: error, connection_id: id }, 'The breaker of a connection could not be noted');
    });
  },
});
