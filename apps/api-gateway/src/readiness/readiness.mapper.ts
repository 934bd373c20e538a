import {
  judgeReadiness,
  phoneNumberOf,
  type ActionItem,
  type KeyObservation,
  type LocalPhoneNumber,
  type RemoteBot,
} from '@dialtone/domain';
import { knownIds } from '@dialtone/engine';
import type { StoredReadiness } from '@dialtone/persistence';
import type { Fields } from '../http/errors/envelope';
import { issueUrlOf } from '../issue-pages/issue-url';
import type { DriftRowDto, LocalPhoneNumberDto, ReadinessRowDto, RemoteDidDto } from './readiness.dto';
import { toBot, toRemoteDid, toRouting } from './remote-rows.mapper';
import type { ActionItemDto, AgeDto, VerdictDto } from './verdict.dto';

/** The age of a stored verdict. */
export const toAge = (stored: Pick<StoredReadiness, 'stale' | 'observedAt' | 'ageSeconds'>): Fields<AgeDto> => ({
  stale: stored.stale,
  observed_at: stored.observedAt?.toISOString() ?? null,
  age_seconds: stored.ageSeconds,
});

const toActionItem = ({ code, label }: ActionItem): ActionItemDto => ({ code, label, url: issueUrlOf(code) });

export const toVerdict = (stored: StoredReadiness): Fields<VerdictDto> => ({
  state: stored.state,
  issues: stored.issues,
  action_items: stored.actionItems.map(toActionItem),
  ...toAge(stored),
});

const toLocal = (local: LocalPhoneNumber): LocalPhoneNumberDto => ({
  id: local.id,
  phone_number: phoneNumberOf(local.key),
  agent: local.agentId === null ? null : { id: local.agentId, name: local.agentName },
});

/** The bot to show depends neither on the declaration nor on the time. */
const servingBotOf = (observation: KeyObservation): RemoteBot | null =>
  judgeReadiness(observation, { declaredAgentId: null, now: observation.observedAt }).bot;

export const orNull = <From, To>(value: From | null | undefined, map: (value: From) => To): To | null =>
  value === null || value === undefined ? null : map(value);

export const toObservedDid = ({ did, observedAt }: KeyObservation): RemoteDidDto | null =>
  did && toRemoteDid(did, observedAt);

export const toReadinessRow = (stored: StoredReadiness): ReadinessRowDto => ({
  key: stored.key,
  phone_number: phoneNumberOf(stored.key),
  connection_id: stored.connectionId,
  declared: stored.declared,
  ...toVerdict(stored),
  remote_did: orNull(stored.observation, toObservedDid),
  local_phone_number: orNull(stored.observation?.local, toLocal),
  routing: orNull(stored.observation?.routing, toRouting),
  bot: orNull(orNull(stored.observation, servingBotOf), toBot),
  actions: stored.actionItems.map((item) => item.label),
});

/** Null for a key without an open drift. */
export const toDriftRow = (stored: StoredReadiness): DriftRowDto | null => {
  if (stored.drift === null) return null;
  const action = stored.actionItems[0]?.label;
  return {
    key: stored.key,
    phone_number: phoneNumberOf(stored.key),
    connection_id: stored.connectionId,
    state: stored.state,
    issues: stored.issues,
    ...(action !== undefined && { action }),
    action_items: stored.actionItems.map(toActionItem),
    ...(stored.observation !== null && knownIds({ ...stored.observation, bot: servingBotOf(stored.observation) })),
    drift_id: stored.drift.id,
    opened_at: stored.drift.openedAt.toISOString(),
    ...toAge(stored),
  };
};
