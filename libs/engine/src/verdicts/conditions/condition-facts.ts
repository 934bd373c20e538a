import type { BindingMode, Modes, ReadinessState, Restraint } from '@dialtone/domain';
import type { Contest } from '../../ports/contest';
import type { StallReason } from '../../ports/outcome';
import { restraintOf } from '../../writes/contest';
import type { BindingOutcome } from './condition';

/** What a store keeps of a declaration so that its conditions can be dated. Times are epoch ms, by the store's clock. */
export interface ConditionRecord {
  /** When the declaration came to its connection: its conditions begin then. */
  readonly placedAt: number;
  /** When each outcome was last left. */
  readonly outcomeLeft: Readonly<Partial<Record<BindingOutcome, number>>>;
  readonly stallReason: StallReason | null;
  /** When the mode changed, ascending. */
  readonly modeTurns: readonly number[];
  /** When the verdict was last ready, not ready or unknown after it had been something else; null: never yet. */
  readonly readySince: number | null;
  /** The same of fresh, stale and never observed, as far as a look has told. */
  readonly freshSince: number | null;
  /** The look behind the stored verdict; null before the first. */
  readonly lookedAt: number | null;
  readonly isDisconnected: boolean;
  readonly modes: Pick<Modes, 'partner' | 'connection'>;
  /** Holds, pauses and closed windows that stand. */
  readonly standing: readonly Restraint[];
  /** When the connection began or ceased to allow writes, ascending. */
  readonly writesTurns: readonly number[];
  /** When the partner began or ceased to allow writes, ascending. */
  readonly partnerTurns: readonly number[];
  /** When pauses and windows kept Dialtone from writing lately; `until` null: they still do. */
  readonly restrained: readonly { readonly since: number; readonly until: number | null }[];
  /** The first complete look after the connection had not been looked at for longer than a verdict counts. */
  readonly watchedSince: number | null;
}

/** Of a declaration that came to its connection then, and of which nothing else is known yet. */
export const newConditionRecord = (placedAt: number): ConditionRecord => ({
  placedAt,
  outcomeLeft: {},
  stallReason: null,
  modeTurns: [],
  readySince: null,
  freshSince: null,
  lookedAt: null,
  isDisconnected: false,
  modes: { partner: 'enforce', connection: 'enforce' },
  standing: [],
  writesTurns: [],
  partnerTurns: [],
  restrained: [],
  watchedSince: null,
});

/** A contest that stands is a restraint like others. When one is over, nothing dates that any more but what else turned. */
export const withContest = (record: ConditionRecord, contest: Contest | null): ConditionRecord => {
  if (contest === null) return record;
  const standing = [...record.standing, restraintOf(contest)];
  return { ...record, standing, restrained: [...record.restrained, { since: contest.since, until: null }] };
};

/** All that the conditions of one declaration are made from. */
export interface ConditionFacts {
  readonly generation: number;
  readonly mode: BindingMode;
  readonly status: {
    readonly outcome: BindingOutcome;
    readonly message: string | null;
    readonly observedGeneration: number;
  };
  readonly verdict: {
    readonly state: ReadinessState;
    /** As stored. */
    readonly stale: boolean;
    /** When it was last confirmed, epoch ms; null: never. */
    readonly observedAt: number | null;
    readonly ageSeconds: number | null;
  };
  readonly record: ConditionRecord;
}

/** The settings that conditions depend on. */
export interface ConditionTerms {
  /** How long a verdict counts without having been confirmed, ms. */
  readonly freshForMs: number;
  /** The mode of the deployment. */
  readonly mode: BindingMode;
  readonly dryRun: boolean;
}
