import type { Presence } from './readiness';

/**
 * Next memory of one thing after a listing: `seen` is null when the listing was not complete.
 *
 * Lists shift while they are paged, so one missing row proves little: what was once present, or whose absence would be
 * grave (`cautious`), is first `suspect` and only after the next complete listing `absent`.
 */
export const nextPresence = (prior: Presence, seen: boolean | null, cautious: boolean): Presence => {
  if (seen === null) return prior;
  if (seen) return 'present';
  if (prior === 'suspect' || prior === 'absent') return 'absent';
  return prior === 'present' || cautious ? 'suspect' : 'absent';
};
