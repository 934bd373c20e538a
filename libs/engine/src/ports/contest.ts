import type { StepKind, UndoneField } from '@dialtone/domain';

/**
 * Why Dialtone stops repairing a number. `contested`: others undid the same repair again and again after a list had shown it.
 * `not_converging`: VoiceLink accepted it again and again, and no list ever showed it.
 */
export const CONTEST_KINDS = ['contested', 'not_converging'] as const;
export type ContestKind = (typeof CONTEST_KINDS)[number];

/** JSON-safe: stored with the declaration. Times are epoch ms by the store's clock. */
export interface Contest {
  readonly kind: ContestKind;
  readonly step: StepKind;
  /** What is not as the last repair made it. */
  readonly fields: readonly UndoneField[];
  /** When each repair was seen to be undone, or to have had no effect; ascending. */
  readonly undoneAt: readonly number[];
  /** API keys whose requests changed the same record through Dialtone meanwhile. Of its own changes VoiceLink names no author. */
  readonly by: readonly string[];
  readonly since: number;
  /** From then on it is repaired again by itself. */
  readonly until: number;
}

/** After how many repairs, within what time, Dialtone stops. */
export interface ContestLimits {
  /** 0: never. */
  readonly repairs: number;
  readonly windowMs: number;
}

/** What is remembered of repairs that did not last. */
export interface RepairMemory {
  /** Writes before this time (epoch ms, store's clock) are not counted: what was declared, or asked for, since starts over. */
  readonly countFrom: number;
  /** The last contest, over or not; null: there was none since. */
  readonly contest: Contest | null;
}
