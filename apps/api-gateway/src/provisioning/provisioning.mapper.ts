import { redactSecrets, phoneNumberOf, type Issue, type RemoteClient, type RemoteDid } from '@dialtone/domain';
import { knownIds, type CallReadyResult, type KeyReport, type LocalNumberRow, type SyncView } from '@dialtone/engine';
import type { Rows } from '../http/server/long-answer';
import type { RemoteDidDto } from '../readiness/readiness.dto';
import { orNull, toObservedDid } from '../readiness/readiness.mapper';
import { toBot, toRemoteDid, toRouting } from '../readiness/remote-rows.mapper';
import type { CallReadyDto, SyncDto } from './answers.dto';
import type { ClientDto, LiveDriftDto, LiveReadinessDto, LocalNumberDto } from './rows.dto';

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** VoiceLink sends counts as numbers or as digits (VoiceLink upstream notes §10). */
const countOrNull = (value: unknown): number | null => {
  const count = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return Number.isSafeInteger(count) ? Number(count) : null;
};

const toClient = ({ id, username, active, raw }: RemoteClient): ClientDto => ({
  id,
  first_name: textOrNull(raw['first_name']),
  last_name: textOrNull(raw['last_name']),
  username,
  email: textOrNull(raw['email']),
  status: active === null ? null : active ? 1 : 0,
  channel_count: countOrNull(raw['channel_count']),
  raw: redactSecrets(raw),
});

const toLocalNumber = (row: LocalNumberRow): LocalNumberDto => ({
  id: row.id,
  phone_number: phoneNumberOf(row.key),
  friendly_name: row.friendlyName,
  status: row.status,
  is_default: row.isDefault,
  inbound_enabled: row.inboundEnabled,
  agent: row.agentId === null ? null : { id: row.agentId, name: row.agentName },
  created_at: new Date(row.createdAt).toISOString(),
  updated_at: new Date(row.updatedAt).toISOString(),
});

const toReadiness = ({ readiness, observation, local, stale }: KeyReport): LiveReadinessDto => ({
  key: readiness.key,
  phone_number: readiness.phoneNumber,
  state: readiness.state,
  issues: readiness.issues,
  remote_did: toObservedDid(observation),
  local_phone_number: orNull(local, toLocalNumber),
  routing: orNull(observation.routing, toRouting),
  bot: orNull(readiness.bot, toBot),
  actions: readiness.actionItems.map(({ label }) => label),
  // Exactly the documented keys, unless there is something to tell: a client may compare whole objects.
  action_items: readiness.actionItems.map(({ code, label }) => ({ code, label })),
  ...(stale === true && { stale }),
});

/** Empty for READY and UNKNOWN. */
const toDrift = ({ readiness, observation, stale }: KeyReport): LiveDriftDto[] => {
  const [first] = readiness.actionItems;
  if (first === undefined) return [];
  const state: Issue = first.code;
  const { key, phoneNumber, bot } = readiness;
  const ids = knownIds({ ...observation, bot });
  return [{ key, phone_number: phoneNumber, state, action: first.label, ...ids, ...(stale === true && { stale }) }];
};

function* each<Row, Dto>(rows: Iterable<Row>, toDto: (row: Row) => Dto): Generator<Dto> {
  for (const row of rows) yield toDto(row);
}

function* driftOf(keys: Iterable<KeyReport>): Generator<LiveDriftDto> {
  for (const key of keys) yield* toDrift(key);
}

/** Generates rows one by one while they are written. */
export const toSync = ({ snapshot, localNumbers, keys, warnings }: SyncView): Rows<SyncDto> => {
  const toDid = (did: RemoteDid): RemoteDidDto => toRemoteDid(did, snapshot.startedAt);
  return {
    clients: each(snapshot.clients.rows, toClient),
    dids: each(snapshot.dids.rows, toDid),
    available_dids: each(snapshot.available_dids.rows, toDid),
    bots: each(snapshot.bots.rows, toBot),
    routing: each(snapshot.routing.rows, toRouting),
    local_phone_numbers: each(localNumbers, toLocalNumber),
    readiness: each(keys, toReadiness),
    drift: driftOf(keys),
    warnings: each(warnings, ({ section, code, message }) => ({ section, code, message })),
  };
};

export const toCallReady = ({ key, ready, steps, before, after }: CallReadyResult): CallReadyDto => ({
  phone_number: orNull(key, phoneNumberOf),
  key,
  ready,
  steps,
  readiness_before: orNull(before, toReadiness),
  readiness: orNull(after, toReadiness),
});
