import type { KnownIds } from '@dialtone/contracts';
import type { Advisory, OpenDrift, Readiness, RuleCode } from '@dialtone/domain';

/** When a verdict flaps. */
export interface FlapLimits {
  /** How many times it changes back to one that the number had within the window; 0: never. */
  readonly returns: number;
  /** As long it has to stay the same until its changes are told again. */
  readonly windowMs: number;
}

/** What events say of a number. */
export interface ToldState extends Pick<Readiness, 'state' | 'issues'> {
  readonly drift: OpenDrift | null;
  /** Without the one about flapping. */
  readonly advisories: readonly Advisory<RuleCode>[];
}

/** A verdict whose changes are not told. JSON-safe: stored with the number. Times are epoch ms by the store's clock. */
export interface Flapping {
  readonly since: number;
  /** When its changes are told again, unless it changes before; then that is later. */
  readonly until: number;
  /** What was told last. */
  readonly told: ToldState;
  /** As they are now: its end is told without a look at the lists. */
  readonly ids: KnownIds;
}

/** What is remembered of the changes of a number's verdict. */
export interface FlapMemory {
  /** Lately, oldest first: when it changed, and what it was before. None while it flaps. */
  readonly turns: readonly { readonly at: number; readonly left: string }[];
  readonly flapping: Flapping | null;
}
