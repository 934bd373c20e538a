import type { BlockReason } from '../steps/step';
import { strictestMode, type EffectiveMode, type Modes } from './modes';

/** Which of the needed steps a restraint stops: all, those that leave for VoiceLink, or those that change what exists. */
export type RestraintCover = 'every_step' | 'voicelink_steps' | 'changes';

interface RestraintRule {
  readonly covers: RestraintCover;
  /** `skip`: the plan goes on and only tells. `block`: it ends at the first step that is covered. */
  readonly effect: 'skip' | 'block';
  /** How the plan names it. */
  readonly blockReason: BlockReason;
  /** Between the step and the reason, in the text for people. */
  readonly lead: string;
}

/** Everything that can keep Dialtone from writing. Another one is a row here and something that reads it. */
export const RESTRAINTS = {
  dry_run: { covers: 'every_step', effect: 'skip', blockReason: 'mode_observe', lead: 'not done: ' },
  mode_observe: { covers: 'every_step', effect: 'skip', blockReason: 'mode_observe', lead: 'not done: ' },
  mode_create_only: { covers: 'changes', effect: 'block', blockReason: 'mode_create_only', lead: 'not done: ' },
  writes_held: { covers: 'voicelink_steps', effect: 'block', blockReason: 'writes_held', lead: 'held: ' },
  paused: { covers: 'every_step', effect: 'block', blockReason: 'paused', lead: 'paused: ' },
  window_closed: { covers: 'voicelink_steps', effect: 'block', blockReason: 'window_closed', lead: 'waits: ' },
  contested: { covers: 'voicelink_steps', effect: 'block', blockReason: 'contested', lead: 'given up: ' },
  not_converging: { covers: 'voicelink_steps', effect: 'block', blockReason: 'not_converging', lead: 'given up: ' },
} as const satisfies Readonly<Record<string, RestraintRule>>;

export type RestraintReason = keyof typeof RESTRAINTS;

/** Something that keeps Dialtone from writing about a number now. Times are epoch ms by the store's clock. */
export interface Restraint {
  readonly reason: RestraintReason;
  /** For people. */
  readonly why: string;
  /** Null: not known, or for as long as anything is. */
  readonly since: number | null;
  /** When it ends by itself; null: a person, a declaration or a setting has to end it. */
  readonly until: number | null;
}

/** A guard's hold. */
export const heldWrites = (why: string): Restraint => ({ reason: 'writes_held', why, since: null, until: null });

/** All that decides whether a number may be written now. */
export interface Steering {
  readonly modes: Modes;
  /** True: this deployment writes nothing, whatever else is set. */
  readonly dryRun: boolean;
  /** What stands beside the modes: holds, pauses, closed windows. In any order. */
  readonly standing: readonly Restraint[];
}

/**
 * The one decision whether a number may be written now: all that says no, the one that lasts longest first. Empty: everything may
 * be done that the plan needs. A restraint only takes steps away; the verdict is the same under any.
 */
export const restraintsOf = ({ modes, dryRun, standing }: Steering): readonly Restraint[] => [
  ...(dryRun ? [lasting('dry_run', 'dry-run is on')] : []),
  ...ofMode(strictestMode(modes)),
  ...[...standing].sort((a, b) => endOf(b) - endOf(a)),
];

const lasting = (reason: RestraintReason, why: string): Restraint => ({ reason, why, since: null, until: null });

const endOf = ({ until }: Restraint): number => until ?? Number.MAX_SAFE_INTEGER;

/** Why a declaration's own mode restrains: the words that were there before the other levels. */
const whoseMode = (level: EffectiveMode['level']): string =>
  level === 'declaration' ? 'mode' : `mode of the ${level}`;

const ofMode = ({ mode, level }: EffectiveMode): readonly Restraint[] => {
  const whose = whoseMode(level);
  switch (mode) {
    case 'enforce':
      return [];
    case 'create-only':
      return [lasting('mode_create_only', `${whose} is create-only, and this would change what exists`)];
    case 'observe':
      return [lasting('mode_observe', `${whose} is observe`)];
  }
};

/**
 * What forbids every write about a number now; null: something may be written. `create-only` forbids only some steps, and dry-run
 * is named only when nothing else is.
 */
export const writesDeniedBy = (restraints: readonly Restraint[]): Restraint | null => {
  const denying = restraints.filter(({ reason }) => RESTRAINTS[reason].covers !== 'changes');
  return denying.find(({ reason }) => reason !== 'dry_run') ?? denying[0] ?? null;
};
