import { SETTINGS } from './simulated-world';

/** Every in-doubt window has passed. */
export const IN_DOUBT_MS = 2 * (SETTINGS.inDoubtMs + 2_000);
/** By then every binding was reconciled at least once more. */
export const RECOVERY_MS = IN_DOUBT_MS + 2.5 * SETTINGS.resyncMs;
/** The longest time for which a bot counts as misreported. */
export const HOUR_MS = 3_600_000;
/** Every binding is reconciled once more, whatever the jitter. */
export const PEACE_MS = 1.2 * SETTINGS.resyncMs;
/** Chances per step; a run has about nine human edits, and six of the others. */
export const HUMAN = 0.016;
export const KILL = 0.006;
export const FREEZE = 0.006;
export const ACKNOWLEDGE = 0.015;

/** The most steps of one run; more means an endless loop. */
export const MOST_STEPS = 200_000;
/** Lines of what happened that a failure shows. */
export const TRACE = 60;
