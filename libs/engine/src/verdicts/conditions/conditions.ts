import {
  actionItemOf,
  restraintsOf,
  strictestMode,
  writesDeniedBy,
  type Modes,
  type Restraint,
  type RestraintReason,
} from '@dialtone/domain';
import { isStale } from '../freshness';
import {
  OUTCOME_REASONS,
  RESTRAINT_CODES,
  type Condition,
  type ConditionReason,
  type ConditionType,
} from './condition';
import type { ConditionFacts, ConditionTerms } from './condition-facts';
import { OUTCOME_STATUSES, readyStatus } from './condition-statuses';
import { freshSince, outcomeSince, writesSince } from './condition-times';

type Told = Omit<Condition, 'type'>;
type Tell = (facts: ConditionFacts, terms: ConditionTerms) => Told;

const OUTCOME_MESSAGES = {
  pending: 'This generation has not been reconciled yet',
  settled: 'Nothing is left to do',
  progressing: 'A known wait; it goes on by itself',
  retry: 'The last attempt failed; it is tried again by itself',
  stalled: 'A person or a new declaration is needed',
} as const;

const READY_MESSAGES = {
  READY: 'The number can take and place calls',
  UNKNOWN: 'There is no complete verdict on the number',
  REMOTE_DID_NEVER_SEEN: 'VoiceLink has never listed the number',
} as const;

const ready: Tell = ({ status, verdict: { state }, record }) => ({
  status: readyStatus(state),
  reason: state,
  message:
    state in READY_MESSAGES ? READY_MESSAGES[state as keyof typeof READY_MESSAGES] : actionItemOf(state as never).label,
  observedGeneration: status.observedGeneration,
  lastTransitionAt: Math.max(record.placedAt, record.readySince ?? record.placedAt),
});

const ofOutcome =
  (
    type: 'Synced' | 'Progressing' | 'Stalled',
    reasonOf: (facts: ConditionFacts, terms: ConditionTerms) => ConditionReason,
  ): Tell =>
  (facts, terms) => {
    const { outcome, message, observedGeneration } = facts.status;
    return {
      status: OUTCOME_STATUSES[outcome][type],
      reason: reasonOf(facts, terms),
      message: message ?? OUTCOME_MESSAGES[outcome],
      observedGeneration,
      lastTransitionAt: outcomeSince(facts, type),
    };
  };

const outcomeReason = ({ status }: ConditionFacts): ConditionReason => OUTCOME_REASONS[status.outcome];

/** A plan skips for one reason in mode observe and in dry-run; the modes tell which it was. */
const stallReason = (facts: ConditionFacts, terms: ConditionTerms): ConditionReason => {
  const { status, record } = facts;
  if (status.outcome !== 'stalled') return OUTCOME_REASONS[status.outcome];
  if (record.isDisconnected) return 'DISCONNECTED';
  if (record.stallReason === 'MODE_OBSERVE' && strictestMode(modesOf(facts, terms)).mode !== 'observe')
    return 'DRY_RUN';
  return record.stallReason ?? 'OTHER';
};

const FRESHNESS_MESSAGES = {
  FRESH: 'The verdict is confirmed by the last look at VoiceLink',
  NOT_OBSERVED: 'VoiceLink has not been looked at for this number yet',
  LOOK_INCOMPLETE: 'The last look at VoiceLink was not complete; the verdict is the last certain one',
  TOO_OLD: 'No look has confirmed the verdict for two sweep intervals',
  DISCONNECTED: 'The connection is disconnected; VoiceLink is not looked at any more',
} as const;

const freshnessReason = (
  { verdict, record }: ConditionFacts,
  { freshForMs }: ConditionTerms,
): keyof typeof FRESHNESS_MESSAGES => {
  if (isStale(verdict, freshForMs)) {
    if (record.isDisconnected) return 'DISCONNECTED';
    return verdict.stale ? 'LOOK_INCOMPLETE' : 'TOO_OLD';
  }
  return verdict.observedAt === null ? 'NOT_OBSERVED' : 'FRESH';
};

const dataFresh: Tell = (facts, terms) => {
  const reason = freshnessReason(facts, terms);
  return {
    status: reason === 'FRESH' ? 'True' : reason === 'NOT_OBSERVED' ? 'Unknown' : 'False',
    reason,
    message: FRESHNESS_MESSAGES[reason],
    observedGeneration: facts.status.observedGeneration,
    lastTransitionAt: freshSince(facts, terms),
  };
};

const modesOf = (
  { mode, record }: Pick<ConditionFacts, 'mode' | 'record'>,
  terms: Pick<ConditionTerms, 'mode'>,
): Modes => ({
  ...record.modes,
  deployment: terms.mode,
  declaration: mode,
});

const WRITES_MESSAGES = {
  ALLOWED: 'Dialtone may write what the declaration needs',
  DISCONNECTED: 'The connection is disconnected; declare the number on an active connection',
  CREATE_ONLY: 'Dialtone creates what is missing and changes nothing that exists',
} as const;

/** What a restraint says where no step is meant. */
const DENIED_MESSAGES: Readonly<Record<RestraintReason, (restraint: Restraint) => string>> = {
  dry_run: () => 'This deployment writes nothing',
  mode_observe: ({ why }) =>
    why === 'mode is observe' ? 'The declaration says that Dialtone only reports' : `Dialtone only reports: the ${why}`,
  mode_create_only: () => WRITES_MESSAGES.CREATE_ONLY,
  writes_held: ({ why }) => why,
  paused: ({ why }) => `Paused: ${why}`,
  window_closed: ({ why }) => `Waits: ${why}`,
  contested: ({ why }) => why,
  not_converging: ({ why }) => why,
};

const writesTold = (
  facts: Pick<ConditionFacts, 'mode' | 'record'>,
  terms: Pick<ConditionTerms, 'mode' | 'dryRun'>,
): Pick<Told, 'status' | 'reason' | 'message'> => {
  const { record } = facts;
  if (record.isDisconnected) return { status: 'False', reason: 'DISCONNECTED', message: WRITES_MESSAGES.DISCONNECTED };
  const { dryRun } = terms;
  const restraints = restraintsOf({ modes: modesOf(facts, terms), dryRun, standing: record.standing });
  const denied = writesDeniedBy(restraints);
  if (denied !== null)
    return { status: 'False', reason: RESTRAINT_CODES[denied.reason], message: DENIED_MESSAGES[denied.reason](denied) };
  return restraints.length === 0
    ? { status: 'True', reason: 'ALLOWED', message: WRITES_MESSAGES.ALLOWED }
    : { status: 'True', reason: RESTRAINT_CODES.mode_create_only, message: WRITES_MESSAGES.CREATE_ONLY };
};

/** The status of WritesAllowed alone. */
export const areWritesAllowed = (...given: Parameters<typeof writesTold>): boolean =>
  writesTold(...given).status === 'True';

const writesAllowed: Tell = (facts, terms) => ({
  ...writesTold(facts, terms),
  observedGeneration: facts.generation,
  lastTransitionAt: writesSince(facts),
});

const TELL: Readonly<Record<ConditionType, Tell>> = {
  Ready: ready,
  Synced: ofOutcome('Synced', outcomeReason),
  Progressing: ofOutcome('Progressing', outcomeReason),
  Stalled: ofOutcome('Stalled', stallReason),
  DataFresh: dataFresh,
  WritesAllowed: writesAllowed,
};

/**
 * The six conditions of a declaration, in the order of their types. They say what readiness, outcome, freshness, mode and hold say,
 * and nothing else: there is no stored status that could differ. A transition time moves exactly when its status does, except that
 * DRY_RUN, a setting of the deployment, moves none.
 */
export const conditionsOf = (facts: ConditionFacts, terms: ConditionTerms): readonly Condition[] =>
  (Object.keys(TELL) as readonly ConditionType[]).map((type) => ({ type, ...TELL[type](facts, terms) }));
