import {
  undoneFields,
  type DidKey,
  type KeyObservation,
  type NeededStep,
  type Restraint,
  type StepAction,
} from '@dialtone/domain';
import type { Contest, ContestKind, ContestLimits } from '../ports/contest';
import type { RepairAim, RepairWrite } from '../ports/journal';
import { writeTarget } from '../ports/journal';
import { effectOf } from './recent-writes';
import { inDoubtUntil } from './write-ahead';

/** What a contest is decided on. */
export interface ContestEvidence {
  readonly planned: NeededStep;
  readonly observation: KeyObservation;
  /** The reconciler's writes and the passed-on requests about the same, oldest first. */
  readonly writes: readonly RepairWrite[];
  readonly limits: ContestLimits;
  readonly inDoubtMs: number;
  /** Store's time, epoch ms. */
  readonly now: number;
}

/** What a step's repairs are counted by: a bot serves several numbers, so its repairs count together. Null: no write. */
export const aimOf = ({ step, action }: NeededStep, key: DidKey): RepairAim | null => {
  const target = targetOf(action);
  if (target === null) return null;
  return action.kind === 'ensure_bot' ? { target } : { key, step };
};

const targetOf = (action: StepAction): ReturnType<typeof writeTarget> | null => {
  switch (action.kind) {
    case 'client_mapping':
      return writeTarget('map', action.didId);
    case 'ensure_bot':
      return action.verb === 'create'
        ? writeTarget('bot-create', action.clientId)
        : writeTarget('bot-update', action.botId);
    case 'ensure_routing':
      return action.verb === 'create'
        ? writeTarget('routing-create', action.didId)
        : writeTarget('routing-update', action.routingId);
    case 'import_did':
    case 'assign_agent':
    // Releases repair nothing.
    case 'outbound_off':
    case 'unassign_agent':
      return null;
  }
};

/**
 * Whether a step that is needed once more is to be left alone. The step is needed, so every repair that a list had shown was undone,
 * and every accepted one that none showed had no effect. Null: go on.
 */
export const judgeContest = (evidence: ContestEvidence): Contest | null => {
  const { planned, observation, limits, now } = evidence;
  if (limits.repairs === 0) return null;
  const repairs = evidence.writes.filter(({ step }) => step === planned.step);
  const seen = repairs.filter(({ state }) => state === 'done' || state === 'applied');
  const unseen = repairs.filter((write) => isWithoutEffect(write, evidence));
  const kind = seen.length >= limits.repairs ? 'contested' : 'not_converging';
  const counted = kind === 'contested' ? seen : unseen;
  const last = counted.at(-1);
  if (last === undefined || counted.length < limits.repairs) return null;
  const effect = effectOf(last);
  return {
    kind,
    step: planned.step,
    fields: effect === null ? [] : undoneFields(effect, observation),
    undoneAt: [...counted.slice(1).map(({ startedAt }) => startedAt), now],
    by: actorsOf(evidence.writes, counted),
    since: now,
    until: now + limits.windowMs,
  };
};

/** VoiceLink said yes, and lists that began when it could no longer take effect do not show it. */
const isWithoutEffect = (write: RepairWrite, { observation, inDoubtMs }: ContestEvidence): boolean => {
  if (write.answer === null || 'class' in write.answer) return false;
  return (
    write.state === 'not_applied' ||
    (write.state === 'unknown' && observation.observedAt >= inDoubtUntil(write, inDoubtMs))
  );
};

const actorsOf = (writes: readonly RepairWrite[], counted: readonly RepairWrite[]): readonly string[] => {
  const from = counted[0]?.startedAt ?? 0;
  const requests = writes.filter(({ step, startedAt }) => step === 'request' && startedAt >= from);
  return [...new Set(requests.map(({ actor }) => actor))];
};

const NAMES: Readonly<Record<ContestKind, (times: number) => string>> = {
  contested: (times) => `was undone by others ${String(times)} times after VoiceLink had listed it`,
  not_converging: (times) => `was accepted by VoiceLink ${String(times)} times, and no list ever showed it`,
};

const shown = (value: number | null): string => (value === null ? 'none' : String(value));

/** For people; the same as long as the contest stands. */
export const contestMessage = ({ kind, step, fields, undoneAt, by, until }: Contest): string => {
  const differences = fields.map(({ field, ours, theirs }) => `${field} is ${shown(theirs)}, should be ${shown(ours)}`);
  const who =
    by.length > 0
      ? `requests of ${by.join(', ')} changed the same record`
      : 'VoiceLink does not say who or what changes it';
  return [
    `Not repaired any more: ${step} ${NAMES[kind](undoneAt.length)}`,
    ...(differences.length > 0 ? [differences.join(', ')] : []),
    ...(kind === 'contested' ? [who] : []),
    `it goes on at ${new Date(until).toISOString()}, with another declaration, or with POST …/reconcile`,
  ].join('; ');
};

/** What keeps Dialtone from writing while it stands. */
export const restraintOf = (contest: Contest): Restraint => {
  const { kind, since, until } = contest;
  return { reason: kind, why: contestMessage(contest), since, until };
};
