import type { DidScope, DriftDetectedData, KnownIds, NewEvent, ReadinessChangedData } from '@dialtone/contracts';
import type { OpenDrift, ReadinessState } from '@dialtone/domain';
import type { KeyUpdate, StoredKey } from '../ports/key-states';
import { knownIds } from './known-ids';
import type { LockedKey, TransitionScope } from './locked-key';

type Base = DidScope & KnownIds & { readonly state: ReadinessState; readonly declared: boolean };
/** What all events of one transition say, each call with the next number of the DID's sequence. */
export type EventBase = () => Base;

const iso = (epochMs: number): string => new Date(epochMs).toISOString();

export const eventBase = (scope: TransitionScope, locked: LockedKey, update: KeyUpdate): EventBase => {
  const { stored } = locked;
  const { observation, readiness } = update;
  let seq = locked.eventSeq;
  return () => {
    seq += 1;
    return {
      connection_id: scope.connectionId,
      partner_id: scope.partnerId,
      key: readiness.key,
      phone_number: readiness.phoneNumber,
      seq,
      occurred_at: iso(scope.now),
      ...knownIds({
        ...observation,
        bot: readiness.bot,
        agentId: stored.declared?.agentId ?? observation.local?.agentId,
      }),
      state: readiness.state,
      declared: stored.declared !== null,
    };
  };
};

const logged = (event: Pick<NewEvent, 'type' | 'data'> & { readonly data: DidScope }): NewEvent =>
  ({ ...event, connection_id: event.data.connection_id, key: event.data.key, seq: event.data.seq }) as NewEvent;

/** The verdict changed. `drift` is the one that is open after the change. */
export const readinessEvents = (
  base: EventBase,
  stored: StoredKey,
  { readiness, observation }: KeyUpdate,
  drift: OpenDrift | null,
): readonly NewEvent[] => {
  const data: ReadinessChangedData = {
    ...base(),
    issues: readiness.issues,
    action_items: readiness.actionItems,
    ...(stored.observedAt > 0 && { previous_state: stored.state }),
    ...(drift !== null && { drift_id: drift.id }),
    observed_at: iso(observation.observedAt),
  };
  return [logged({ type: 'dialtone.readiness.changed.v1', data })];
};

const driftOf = (drift: OpenDrift): Pick<DriftDetectedData, 'drift_id' | 'opened_at'> => ({
  drift_id: drift.id,
  opened_at: iso(drift.openedAt),
});

/** At most one: opened, changed or resolved, by what is stored and what will be. */
export const driftEvents = (
  base: EventBase,
  stored: StoredKey,
  { readiness }: KeyUpdate,
  drift: OpenDrift | null,
): readonly NewEvent[] => {
  const was = stored.drift;
  if (was === drift) return [];
  const verdict = { issues: readiness.issues, action_items: readiness.actionItems };
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
  const resolved = { ...scope, ...earlier, issues: [], action_items: [], resolved_at: scope.occurred_at };
  return [logged({ type: 'dialtone.drift.resolved.v1', data: resolved })];
};
