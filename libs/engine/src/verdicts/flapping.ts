import type { KnownIds } from '@dialtone/contracts';
import type { Advisory, RuleCode } from '@dialtone/domain';
import type { FlapLimits, FlapMemory, Flapping, ToldState } from '../ports/flapping';
import type { StoredKey } from '../ports/key-states';

/** What was last told of a number: what is stored, unless changes are withheld. */
export const toldOf = (stored: StoredKey): ToldState => {
  if (stored.flap?.flapping) return stored.flap.flapping.told;
  const { state, issues, drift } = stored;
  return { state, issues, drift, advisories: ruledAdvisories(stored) };
};

/** Those that follow from what is observed. */
export const ruledAdvisories = ({ advisories }: Pick<StoredKey, 'advisories'>): readonly Advisory<RuleCode>[] =>
  advisories.filter((advisory): advisory is Advisory<RuleCode> => advisory.code !== 'FLAPPING');

/** The one that stands while a verdict flaps, or none. */
export const flapAdvisories = ({ advisories }: Pick<StoredKey, 'advisories'>): readonly Advisory<'FLAPPING'>[] =>
  advisories.filter((advisory): advisory is Advisory<'FLAPPING'> => advisory.code === 'FLAPPING');

/** The most changes that are remembered: more are of verdicts that never came back. */
const MOST_TURNS = 100;

type Verdict = Pick<ToldState, 'state' | 'issues'>;

const textOf = ({ state, issues }: Verdict): string => [state, ...issues].join(' ');

/** What another verdict makes of what is remembered. */
export interface FlapTurn {
  readonly memory: FlapMemory | null;
  /** It flaps from now on. */
  readonly begun: Advisory<'FLAPPING'> | null;
}

interface TurnContext {
  readonly limits: FlapLimits | undefined;
  readonly ids: KnownIds;
  readonly now: number;
}

/**
 * `reached` differs from the stored verdict. A verdict flaps when it comes back to one that the number had within the window too
 * often; it may have passed through others. From then on each change puts the end off.
 */
export const flapTurn = (stored: StoredKey, reached: Verdict, { limits, ids, now }: TurnContext): FlapTurn => {
  const { flap } = stored;
  // Before the first verdict there was none to come back to.
  if (limits === undefined || limits.returns === 0 || stored.observedAt === 0) return { memory: flap, begun: null };
  const until = now + limits.windowMs;
  if (flap?.flapping) return { memory: { turns: [], flapping: { ...flap.flapping, until, ids } }, begun: null };
  const turns = [
    ...(flap?.turns ?? []).filter(({ at }) => at > now - limits.windowMs),
    { at: now, left: textOf(stored) },
  ].slice(-MOST_TURNS);
  if (returnsOf(turns, textOf(reached)) < limits.returns) return { memory: { turns, flapping: null }, begun: null };
  const begun = flappingAdvisory([stored, reached], limits, now);
  return { memory: { turns: [], flapping: { since: now, until, told: toldOf(stored), ids } }, begun };
};

/** How many of the changes led to a verdict that was left before. */
const returnsOf = (turns: FlapMemory['turns'], reached: string): number => {
  const left = new Set<string>();
  return turns.filter((turn, nth) => {
    left.add(turn.left);
    return left.has(turns[nth + 1]?.left ?? reached);
  }).length;
};

const flappingAdvisory = (
  [before, after]: readonly [Verdict, Verdict],
  { returns, windowMs }: FlapLimits,
  now: number,
): Advisory<'FLAPPING'> => {
  const seconds = String(Math.round(windowMs / 1_000));
  const between = [...new Set([before.state, after.state])].join(' and ');
  const message = `The verdict came back ${String(returns)} times within ${seconds} s to one that it had before, last between ${between}; its changes are not told until it has stayed the same for ${seconds} s`;
  return { code: 'FLAPPING', message, since: now };
};

/** The verdict is the same; the ids behind it may be others. */
export const withIds = (flap: FlapMemory | null, ids: KnownIds): FlapMemory | null =>
  flap?.flapping ? { ...flap, flapping: { ...flap.flapping, ids } } : flap;

export const isFlapping = ({ flap }: StoredKey): boolean => (flap?.flapping ?? null) !== null;

/** The flapping that is over; null: there is none, or it has not been calm for long enough. */
export const calmedDown = ({ flap }: StoredKey, now: number): Flapping | null =>
  flap?.flapping && flap.flapping.until <= now ? flap.flapping : null;
