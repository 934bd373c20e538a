import type { Binding, Plan } from '@dialtone/domain';
import { RECONCILER, type Author, type HistoryEntry, type HistoryFacts } from '../../ports/history';
import type { StallStatus } from '../../ports/binding-queue';
import type { Course, StallReason } from '../../ports/outcome';

type Told = Pick<StallStatus, 'outcome' | 'message'>;

/** How a reconcile came out. */
export interface ChangeOfPlan {
  readonly binding: Pick<Binding, 'partnerId' | 'connectionId' | 'key' | 'generation'>;
  readonly before: Told & { readonly plan: string | null };
  readonly after: Told & { readonly plan: string | null; readonly reason: StallReason | null };
  /** Null: it ended before there was a plan. */
  readonly course: Course | null;
}

/** The steps of a plan that are not in order already. */
export const openSteps = (plan: Plan): Course['open'] =>
  plan.flatMap((planned) => {
    if (planned.status === 'already') return [];
    const { step, status, detail } = planned;
    if (planned.status === 'needed') return [{ step, status, detail }];
    return planned.reason === 'blocked_by_earlier_step' ? [] : [{ step, status, reason: planned.reason, detail }];
  });

/** By what plans are told apart: another wording is no other plan. Null: there was none. */
export const planText = (course: Course | null): string | null =>
  course && course.open.map(({ step, status, reason = '' }) => [step, status, reason].join(':')).join(' ');

/** Null: it did nothing, and says and plans what the one before did. */
export const planEntry = (
  { binding, before, after, course }: ChangeOfPlan,
  author: Author = RECONCILER,
): HistoryEntry | null => {
  const isSame = before.outcome === after.outcome && before.message === after.message && before.plan === after.plan;
  if (isSame && (course === null || course.taken.length === 0)) return null;
  const { partnerId, connectionId, key } = binding;
  const was = { outcome: before.outcome, message: before.message };
  const facts = { before: was, after: factsOf(binding, after, course) };
  return { kind: 'plan_changed', partnerId, connectionId, key, ...author, ...facts };
};

const factsOf = (
  { generation }: Pick<Binding, 'generation'>,
  { outcome, message, reason }: ChangeOfPlan['after'],
  course: Course | null,
): HistoryFacts => ({
  generation,
  outcome,
  message,
  ...(reason !== null && { reason }),
  ...(course !== null && { taken: course.taken, open: course.open }),
});
