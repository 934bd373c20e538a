import type { BindingSpec } from '../binding';
import type { AgentId } from '../ids';
import type { KeySection } from '../key-section';
import type { KeyObservation } from '../observation';
import type { RemoteDid } from '../remote';
import type { Section } from '../snapshot';

/** A declaration, or a one-off call-ready request, which may leave the agent out. */
export type PlanSpec = Omit<BindingSpec, 'agentId' | 'mode' | 'release'> & { readonly agentId: AgentId | null };

/** What a step is decided from. */
export interface Situation {
  readonly spec: PlanSpec;
  readonly observation: KeyObservation;
  /** Epoch ms. */
  readonly now: number;
  readonly phoneNumber: string;
  /** Where a bot of this declaration points to. */
  readonly websocketUrl: string;
  readonly unknown: readonly Section[];
}

/** Why a step cannot be taken; each has a remedy in its step's `detail`. */
export type BlockReason =
  | 'did_not_found'
  | 'did_expired'
  | 'client_required'
  | 'client_mismatch'
  | 'observation_incomplete'
  | 'blocked_by_earlier_step'
  | 'mode_observe'
  | 'mode_create_only'
  | 'writes_held'
  | 'paused'
  | 'window_closed'
  | 'contested'
  | 'not_converging'
  | 'agent_not_given';

export type StepData = Readonly<Record<string, number | string | null>>;

/** One step as it was decided. `needed` carries both texts: what would be done, and what was done once it is. */
export type Decided<Kind extends string, Action> = { readonly step: Kind; readonly detail: string } & (
  | { readonly status: 'already'; readonly data?: StepData }
  | { readonly status: 'needed'; readonly action: Action; readonly doneDetail: string }
  | {
      readonly status: 'blocked';
      readonly reason: BlockReason;
      /** When the block ends by itself, epoch ms by the store's clock; absent: that is not known. */
      readonly until?: number;
    }
  | { readonly status: 'skipped'; readonly reason: BlockReason }
);

/** Everything that the planner, the policy and the reports know of one kind of step. */
export interface StepDefinition<Kind extends string, Action> {
  readonly kind: Kind;
  /** The VoiceLink list that shows its effect; null: rows of our own. */
  readonly section: KeySection | null;
  /** True: taking it sends a write to VoiceLink, which dry-run skips and a hold blocks. */
  readonly leavesForVoiceLink: boolean;
  readonly decide: (situation: Situation, did: RemoteDid) => Decided<Kind, Action>;
  /** True if the step would change something that exists, which `create-only` leaves alone. Absent: it only makes what is missing. */
  readonly changes?: (action: Action, observation: KeyObservation) => boolean;
  /** True if `next`, needed after `sent` was sent, shows that `sent` has had its effect. Absent: it never does. */
  readonly showsEffect?: (sent: Action, next: Action) => boolean;
  /** The part of `data` that call-ready reports of this step. Absent: all of it. */
  readonly reported?: (data: StepData) => StepData;
}

type Verbs = readonly [planned: string, done: string];

/** `sentence` follows the verb in both texts: "Update routing …" is planned, "Updated routing …" was done. */
export const needed = <Kind extends string, Action>(
  step: Kind,
  action: Action,
  [planned, done]: Verbs,
  sentence: string,
): Decided<Kind, Action> => ({
  step,
  status: 'needed',
  action,
  detail: `${planned} ${sentence}`,
  doneDetail: `${done} ${sentence}`,
});

export const blocked = <Kind extends string>(
  step: Kind,
  reason: BlockReason,
  detail: string,
): Decided<Kind, never> => ({
  step,
  status: 'blocked',
  reason,
  detail,
});

/** Why nothing is decided from a list. */
export const incomplete = <Kind extends string>(
  step: Kind,
  section: Section,
  { observation: { unreadable, old }, phoneNumber }: Pick<Situation, 'observation' | 'phoneNumber'>,
): Decided<Kind, never> => {
  const unread = unreadable?.includes(section) === true;
  const list = `The VoiceLink ${section} list`;
  return blocked(
    step,
    'observation_incomplete',
    unread ? whyUnread(list, phoneNumber) : whyOpen(list, old?.includes(section) === true),
  );
};

const whyUnread = (list: string, phoneNumber: string): string =>
  `${list} holds a value that cannot be read and that decides about ${phoneNumber}; nothing is decided from it. Correct it in VoiceLink.`;

const whyOpen = (list: string, isOld: boolean): string =>
  isOld
    ? `${list} shows what was before a change that an earlier list showed; nothing is decided from it. It is read again.`
    : `${list} is not complete; nothing is decided from it. It is read again.`;
