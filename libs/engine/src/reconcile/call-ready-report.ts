import { contestMessage } from '../writes/contest';
import {
  reportedData,
  STEP_KINDS,
  STEPS,
  type BlockReason,
  type Plan,
  type PlannedStep,
  type StepData,
  type StepKind,
} from '@dialtone/domain';
import type { Convergence } from './converge';
import type { Ending, TakenStep } from './progress';
import type { KeyProblems } from '../listings/did-lists';
import { SEND_WITHIN_MS } from '../writes/write-ahead';
import type { UpstreamErrorClass, UpstreamFailure } from '../ports/upstream';

/** How one of the six steps went. A failed one says in its detail what to do. */
export interface ReportedStep {
  readonly step: StepKind;
  readonly status: 'done' | 'already' | 'skipped' | 'failed';
  readonly detail: string;
  readonly data?: StepData;
}

/** What one call came to, over all its rounds. */
export interface Course {
  /** The first round's plan: what was resolved. */
  readonly opening: Plan;
  /** Steps that were carried out, or were sent without an answer, in any round. */
  readonly taken: readonly TakenStep[];
  readonly last: Pick<Convergence, 'ending' | 'tried' | 'closing' | 'problems'>;
  /** From a write without an answer until its outcome can be told for sure. */
  readonly inDoubtMs: number;
}

interface Failure {
  readonly step: StepKind;
  readonly detail: string;
}

/** Always all six, in order. The first failure stops the rest. */
export const reportSteps = (course: Course): readonly ReportedStep[] => {
  const failure = failureOf(course);
  return STEP_KINDS.map((step) => {
    const place = failure === null ? -1 : STEP_KINDS.indexOf(step) - STEP_KINDS.indexOf(failure.step);
    if (failure === null || place < 0) return reached(step, course);
    return place === 0 ? { step, status: 'failed', detail: failure.detail } : notReached(step, failure.step);
  });
};

/** When the number could not even be found: the first step failed. */
export const unresolved = (detail: string): readonly ReportedStep[] =>
  STEP_KINDS.map((step) =>
    step === 'resolve_did' ? { step, status: 'failed', detail } : notReached(step, 'resolve_did'),
  );

const notReached = (step: StepKind, failed: StepKind): ReportedStep => ({
  step,
  status: 'skipped',
  detail: `Not reached: ${failed} failed`,
});

const reached = (step: StepKind, { opening, taken, last }: Course): ReportedStep => {
  const planned = last.closing.find((candidate) => candidate.step === step);
  if (step === 'resolve_did') return resolved(opening.find((candidate) => candidate.step === step));
  const own = taken.findLast((candidate) => candidate.step === step);
  if (own !== undefined) return { step, status: 'done', detail: own.detail, ...dataOf(planned) };
  const { status, detail } = planned ?? { status: 'skipped', detail: '' };
  return { step, status: status === 'already' ? 'already' : 'skipped', detail, ...dataOf(planned) };
};

/** Resolving is the work of this step, so it is always done, never just found. */
const resolved = (planned: PlannedStep | undefined): ReportedStep => ({
  step: 'resolve_did',
  status: 'done',
  detail: planned?.detail ?? '',
  ...dataOf(planned),
});

const dataOf = (planned: PlannedStep | undefined): { readonly data?: StepData } =>
  planned?.status !== 'already' || planned.data === undefined ? {} : { data: reportedData(planned.step, planned.data) };

const failureOf = ({ last, inDoubtMs }: Course): Failure | null => {
  const { ending, tried, closing, problems } = last;
  if (ending.kind === 'complete') {
    const obstacle = closing.find((planned) => planned.status === 'blocked');
    return obstacle?.status === 'blocked' ? { step: obstacle.step, detail: blockedDetail(obstacle, problems) } : null;
  }
  const step = tried?.step ?? 'resolve_did';
  return { step, detail: endedDetail(ending, inDoubtMs) };
};

const AFTER_BLOCK: Partial<Readonly<Record<BlockReason, string>>> = {
  observation_incomplete: 'Call this again in a moment.',
  writes_held: 'Acknowledge the hold when what happened in VoiceLink was intended, then call this again.',
};

const blockedDetail = (
  { step, reason, detail }: Extract<PlannedStep, { status: 'blocked' }>,
  problems: KeyProblems,
): string => {
  const section = STEPS[step].section;
  const problem = reason === 'observation_incomplete' && section !== null ? problems[section] : undefined;
  const why = problem === undefined ? undefined : sentence(`Why: ${problem}`);
  return [detail, why, AFTER_BLOCK[reason]].filter((part) => part !== undefined).join(' ');
};

/** Messages of VoiceLink may be sentences already. */
const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

const endedDetail = (ending: Exclude<Ending, { kind: 'complete' }>, inDoubtMs: number): string => {
  switch (ending.kind) {
    case 'impossible':
      return ending.message;
    case 'contested':
      return contestMessage(ending.contest);
    case 'refused':
      return `${sentence(`${LEAD[ending.failure.class]}: ${ending.failure.message}`)} ${afterRefusal(ending.failure)}`;
    case 'waiting':
      return ending.unknown !== undefined
        ? `${ending.reason}. The outcome is unknown: call this again, it looks first and sends nothing twice. At the latest ${seconds(SEND_WITHIN_MS + inDoubtMs)} from now it is certain whether it has to be sent again.`
        : `${ending.reason}. Call this again in ${seconds(ending.afterMs)}.`;
  }
};

const LEAD: Readonly<Record<UpstreamErrorClass, string>> = {
  rejected: 'VoiceLink refused it',
  not_found: 'VoiceLink refused it',
  unauthorized: 'VoiceLink refused it',
  rate_limited: 'VoiceLink did not take it',
  unavailable: 'VoiceLink did not take it',
  dry_run: 'VoiceLink was not asked',
};

const AFTER_REFUSAL: Readonly<Record<UpstreamErrorClass, string>> = {
  rejected:
    'Nothing was changed by this step: correct what it says, in VoiceLink or in the request, and call this again.',
  not_found: 'Nothing was changed by this step: look at the record in VoiceLink and call this again.',
  unauthorized: 'Nothing was changed by this step: check the credentials of the connection and call this again.',
  rate_limited: 'Nothing was changed by this step: call this again later.',
  unavailable: 'Nothing was changed by this step: call this again in a moment.',
  dry_run: 'Dry-run is on: nothing is sent to VoiceLink.',
};

const afterRefusal = (failure: UpstreamFailure): string =>
  failure.class === 'rate_limited' && failure.retryAfterMs !== null
    ? `Nothing was changed by this step: call this again in ${seconds(failure.retryAfterMs)}.`
    : AFTER_REFUSAL[failure.class];

const seconds = (ms: number): string => `${String(Math.max(1, Math.ceil(ms / 1000)))} s`;
