import type { BindingMode } from '../binding';

/** Where a mode can be set, the widest first. */
export const STEERING_LEVELS = ['deployment', 'partner', 'connection', 'declaration'] as const;
export type SteeringLevel = (typeof STEERING_LEVELS)[number];

/** What each level says. A level that says nothing says `enforce`. */
export type Modes = Readonly<Record<SteeringLevel, BindingMode>>;

export interface EffectiveMode {
  readonly mode: BindingMode;
  /** The narrowest level that says so: what a partner can change comes before what an operator can. */
  readonly level: SteeringLevel;
}

const STRICTNESS: Readonly<Record<BindingMode, number>> = { enforce: 0, 'create-only': 1, observe: 2 };

/** The strictest wins, whichever level says it. */
export const strictestMode = (modes: Modes): EffectiveMode =>
  STEERING_LEVELS.map((level) => ({ level, mode: modes[level] })).reduce((strictest, next) =>
    STRICTNESS[next.mode] >= STRICTNESS[strictest.mode] ? next : strictest,
  );
