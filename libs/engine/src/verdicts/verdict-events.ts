import type {
  DidScope,
  DriftDetectedData,
  KnownIds,
  NewEvent,
  ReadinessChangedData,
  VerdictEndCode,
} from '@dialtone/contracts';
import type { ActionItem, Advisory, AdvisoryChange, DidKey, Issue, OpenDrift, ReadinessState } from '@dialtone/domain';
import type { ToldState } from '../ports/flapping';
import type { StoredKey } from '../ports/key-states';
import { isoTime as iso } from './iso-time';
import type { LockedKey, TransitionScope } from './locked-key';

type Base = DidScope & KnownIds & { readonly state: ReadinessState; readonly declared: boolean };
/** What all events of one transition say, each call with the next number of the DID's sequence. */
export type EventBase = () => Base;

/** The DID that events tell of. */
export interface EventSubject {
  readonly key: DidKey;
  readonly phoneNumber: string;
  readonly ids: KnownIds;
  /** After the change. */
  readonly state: ReadinessState;
}

/** The verdict that events tell. */
export interface ToldVerdict {
  readonly state: ReadinessState;
  readonly issues: readonly Issue[];
  readonly actionItems: readonly ActionItem[];
  /** Epoch ms; 0: never. */
  readonly observedAt: number;
  /** Why there is no verdict any more, when that is not what was observed. */
  readonly reason?: VerdictEndCode;
}

export const eventBase = (
  scope: Pick<TransitionScope, 'partnerId' | 'connectionId' | 'now'>,
  { stored, eventSeq }: LockedKey,
  { key, phoneNumber, ids, state }: EventSubject,
): EventBase => {
  let seq = eventSeq;
  return () => {
    seq += 1;
    return {
      connection_id: scope.connectionId,
      partner_id: scope.partnerId,
      key,
      phone_number: phoneNumber,
      seq,
      occurred_at: iso(scope.now),
      ...ids,
      state,
      declared: stored.declared !== null,
    };
  };
};

const logged = (event: Pick<NewEvent, 'type' | 'data'> & { readonly data: DidScope }): NewEvent =>
  ({ ...event, connection_id: event.data.connection_id, key: event.data.key, seq: event.data.seq }) as NewEvent;

/** One event per advisory that begins or ends, those that end first. */
export const advisoryEvents = (
  base: () => DidScope,
  { begun, ended }: Pick<AdvisoryChange, 'begun' | 'ended'>,
): readonly NewEvent[] => {
  const told = (
    type: 'dialtone.advisory.raised.v1' | 'dialtone.advisory.cleared.v1',
    { code, message, since }: Advisory,
  ): NewEvent => {
    const { connection_id, partner_id, key, phone_number, seq, occurred_at } = base();
    const scope = { connection_id, partner_id, key, phone_number, seq, occurred_at };
    return logged({ type, data: { ...scope, code, message, since: iso(since) } });
  };
  return [
    ...ended.map((advisory) => told('dialtone.advisory.cleared.v1', advisory)),
    ...begun.map((advisory) => told('dialtone.advisory.raised.v1', advisory)),
  ];
};

/** The verdict changed. `drift` is the one that is open after the change. */
const readinessEvents = (
  base: EventBase,
  stored: Pick<StoredKey, 'state' | 'observedAt'>,
  { issues, actionItems, observedAt, reason }: ToldVerdict,
  drift: OpenDrift | null,
): readonly NewEvent[] => {
  const data: ReadinessChangedData = {
    ...base(),
    issues,
    action_items: actionItems,
    ...(stored.observedAt > 0 && { previous_state: stored.state }),
    ...(drift !== null && { drift_id: drift.id }),
    ...(observedAt > 0 && { observed_at: iso(observedAt) }),
    ...(reason !== undefined && { reason }),
  };
  return [logged({ type: 'dialtone.readiness.changed.v1', data })];
};

const driftOf = (drift: OpenDrift): Pick<DriftDetectedData, 'drift_id' | 'opened_at'> => ({
  drift_id: drift.id,
  opened_at: iso(drift.openedAt),
});

const isSameDrift = (a: OpenDrift | null, b: OpenDrift | null): boolean =>
  a?.id === b?.id && a?.issues.join() === b?.issues.join();

/** At most one: opened, changed or resolved, by what was told and what will be. */
const driftEvents = (
  base: EventBase,
  was: OpenDrift | null,
  { issues, actionItems, reason }: ToldVerdict,
  drift: OpenDrift | null,
): readonly NewEvent[] => {
  if (isSameDrift(was, drift)) return [];
  const verdict = { issues, action_items: actionItems };
  if (was === null) {
    return drift === null
      ? []
      : [logged({ type: 'dialtone.drift.detected.v1', data: { ...base(), ...verdict, ...driftOf(drift) } })];
  }
  const scope = base();
  const earlier = { ...driftOf(was), previous_issues: was.issues };
  if (drift !== null) {
    return [logged({ type: 'dialtone.drift.changed.v1', data: { ...scope, ...verdict, ...earlier } })];
  }
  const resolved = {
    ...scope,
    ...earlier,
    issues: [],
    action_items: [],
    resolved_at: scope.occurred_at,
    ...(reason !== undefined && { reason }),
  };
  return [logged({ type: 'dialtone.drift.resolved.v1', data: resolved })];
};

/** All that differs from what was told: the verdict, the drift, what is said beside it. */
export const changeEvents = (
  base: EventBase,
  { told, observedAt }: { readonly told: ToldState; readonly observedAt: number },
  verdict: ToldVerdict,
  { drift, advisories }: Pick<ToldState, 'drift' | 'advisories'>,
): readonly NewEvent[] => {
  const isOther = told.state !== verdict.state || told.issues.join() !== verdict.issues.join();
  return [
    ...(isOther ? readinessEvents(base, { state: told.state, observedAt }, verdict, drift) : []),
    ...driftEvents(base, told.drift, verdict, drift),
    ...advisoryEvents(base, {
      begun: advisories.filter(isNotAmong(told.advisories)),
      ended: told.advisories.filter(isNotAmong(advisories)),
    }),
  ];
};

const isNotAmong =
  (others: readonly Advisory[]) =>
  ({ code }: Advisory): boolean =>
    !others.some((other) => other.code === code);
