export interface GuardLimits {
  /** Never hold for this many or fewer. */
  readonly minimum: number;
  /** Hold when more than this share of the connection's DIDs broke at once, in percent. */
  readonly percent: number;
}

export interface SweepImpact {
  /** DIDs known for the connection. */
  readonly total: number;
  /** DIDs that were ready before this sweep and are not any more, or that VoiceLink does not list any more. */
  readonly broken: number;
}

/** How many of so many may break or vanish without an operator. */
export const guardLimit = (total: number, { minimum, percent }: GuardLimits): number =>
  Math.max(minimum, Math.floor((total * percent) / 100));

/**
 * One sweep that finds a great part of a connection broken is more likely to have seen a faulty answer, or a deliberate
 * change, than that many accidents: hold every write that Dialtone decides until an operator has looked. Null: go on.
 */
export const judgeImpact = ({ total, broken }: SweepImpact, limits: GuardLimits): string | null => {
  const limit = guardLimit(total, limits);
  if (broken <= limit) return null;
  return `${String(broken)} of ${String(total)} DIDs broke or vanished in one sweep, more than the limit of ${String(limit)}`;
};
