import {
  digestOf,
  judgeImpact,
  judgeReadiness,
  observeSnapshot,
  SECTIONS,
  snapshotWarnings,
  type DidKey,
  type KeyObservation,
  type LocalKnowledge,
  type LocalPhoneNumber,
  type SectionWarning,
  type Snapshot,
} from '@dialtone/domain';
import type { Clock } from './ports/clock';
import type { WriteJournal } from './ports/journal';
import type {
  Connections,
  KeyStates,
  KeyUpdate,
  PhoneNumbers,
  StoreClock,
  StoredKey,
  SweepableConnection,
  SweepReport,
} from './ports/state';
import type { VoiceLinkAccount } from './ports/upstream';
import { forgetHonestBots } from './misreported-bots';
import { closeRequests } from './proven-requests';
import { refusalOf } from './refusal';
import type { EngineSettings } from './settings';

export interface SweepDeps {
  readonly journal: WriteJournal;
  readonly keyStates: KeyStates;
  readonly phoneNumbers: PhoneNumbers;
  readonly connections: Connections;
  readonly storeClock: StoreClock;
  readonly clock: Clock;
  readonly settings: EngineSettings;
}

export interface SweepResult {
  readonly report: SweepReport & { readonly warnings: readonly SectionWarning[] };
  readonly keys: number;
  readonly changed: number;
  /** Non-null when this sweep held the connection's writes. */
  readonly held: string | null;
  /** Something that was there is missing from a complete list for the first time: list again soon. */
  readonly unconfirmed: boolean;
}

/**
 * One pass over the five lists of one connection: judge every key, store only what changed, hold when too much did. Null
 * when VoiceLink took no more requests before they were read: that says nothing about any DID, and nothing is stored.
 */
export const sweepConnection = async (
  deps: SweepDeps,
  connection: SweepableConnection,
  account: VoiceLinkAccount,
  signal: AbortSignal,
): Promise<SweepResult | null> => {
  const snapshot = await takeSnapshot(deps.storeClock, account);
  if (wasThrottled(snapshot, account)) return null;
  const stored = await deps.keyStates.load(connection.id);
  const phoneNumbers = await deps.phoneNumbers.byConnection(connection.id);
  const observations = observeSnapshot(snapshot, await knowledgeOf(deps, connection, { stored, phoneNumbers }));
  return storeSweep(deps, connection, { snapshot, stored, observations }, signal);
};

const wasThrottled = (snapshot: Snapshot, account: VoiceLinkAccount): boolean =>
  snapshotWarnings(snapshot).length > 0 && account.currentPause()?.why === 'rate_limited';

/** What one pass saw of a connection, beside what was stored before it. */
export interface Pass {
  readonly snapshot: Snapshot;
  readonly stored: ReadonlyMap<DidKey, StoredKey>;
  readonly observations: readonly KeyObservation[];
}

/** Stores what changed, with its events, and holds the connection's writes when too much did. */
export const storeSweep = async (
  deps: SweepDeps,
  connection: SweepableConnection,
  { snapshot, stored, observations }: Pass,
  signal: AbortSignal,
): Promise<SweepResult> => {
  const updates = observations.flatMap((observation) =>
    changeOf(observation, stored.get(observation.key), deps.clock.now()),
  );
  const held = await holdIfTooMuchBroke(deps, connection, stored, updates);
  // Whoever took the lease over has newer listings; what is stored meanwhile is protected by its time of observation.
  const written = signal.aborted ? [] : await deps.keyStates.apply(connection.id, updates, { makeDue: true });
  if (!signal.aborted) {
    await closeRequests({ journal: deps.journal, holdMs: deps.settings.holdMs }, connection.id, snapshot);
    await forgetHonestBots(deps, connection, snapshot);
  }
  return {
    report: {
      warnings: snapshotWarnings(snapshot),
      error: errorOf(snapshot),
      credentialsRefused: refusalOf(snapshot) !== null,
    },
    keys: observations.length,
    changed: written.length,
    held,
    unconfirmed: observations.some((observation) => isNewlySuspect(observation, stored.get(observation.key))),
  };
};

/** What was suspect before waits for a complete list; listing an ailing VoiceLink every second does not bring it about. */
const isNewlySuspect = ({ presence: is }: KeyObservation, stored: StoredKey | undefined): boolean =>
  (['did', 'bot', 'routing'] as const).some((fact) => is[fact] === 'suspect' && stored?.presence[fact] !== 'suspect');

export const takeSnapshot = async (clock: StoreClock, account: VoiceLinkAccount): Promise<Snapshot> => {
  const startedAt = await clock.time();
  const [clients, dids, available_dids, bots, routing] = await Promise.all([
    account.list('clients'),
    account.list('dids'),
    account.list('available_dids'),
    account.list('bots'),
    account.list('routing'),
  ]);
  return { startedAt, clients, dids, available_dids, bots, routing };
};

/** What observing a snapshot needs to know besides it. */
export const knowledgeOf = async (
  deps: Pick<SweepDeps, 'connections'>,
  connection: SweepableConnection,
  known: {
    readonly stored: ReadonlyMap<DidKey, StoredKey>;
    readonly phoneNumbers: ReadonlyMap<DidKey, LocalPhoneNumber>;
  },
): Promise<LocalKnowledge> => {
  const keys = [...known.stored.values()];
  return {
    phoneNumbers: known.phoneNumbers,
    declaredClients: new Map(
      keys.flatMap(({ key, declared }) => (declared ? [[key, declared.clientId] as const] : [])),
    ),
    memory: new Map(keys.map(({ key, presence }) => [key, presence] as const)),
    misreportedBotIds: new Set((await deps.connections.misreportedBots(connection.id)).keys()),
  };
};

/** Nothing when the stored verdict says the same already. */
const changeOf = (observation: KeyObservation, stored: StoredKey | undefined, now: number): KeyUpdate[] => {
  const readiness = judgeReadiness(observation, { declaredAgentId: stored?.declared?.agentId ?? null, now });
  const digest = digestOf(observation, readiness);
  const isKnown =
    stored === undefined ? !readiness.complete : isStoredAlready(stored, observation, readiness.complete, digest);
  return isKnown ? [] : [{ observation, readiness, digest }];
};

const isStoredAlready = (
  stored: StoredKey,
  observation: KeyObservation,
  complete: boolean,
  digest: string,
): boolean => {
  if (complete) return !stored.stale && stored.digest === digest;
  const { did, bot, routing } = observation.presence;
  const remembered = stored.presence.did === did && stored.presence.bot === bot && stored.presence.routing === routing;
  return stored.stale && remembered;
};

const holdIfTooMuchBroke = async (
  deps: SweepDeps,
  connection: SweepableConnection,
  stored: ReadonlyMap<DidKey, StoredKey>,
  updates: readonly KeyUpdate[],
): Promise<string | null> => {
  if (connection.writesHeld !== null) return null;
  const broken = updates.filter(({ observation, readiness }) => {
    const was = stored.get(observation.key);
    const wasReady = was !== undefined && was.declared !== null && was.state === 'READY';
    return wasReady && readiness.complete && readiness.state !== 'READY';
  }).length;
  const declared = [...stored.values()].filter((key) => key.declared !== null).length;
  const reason = judgeImpact({ total: declared, broken }, deps.settings.guard);
  if (reason !== null) await deps.connections.holdWrites(connection.id, reason);
  return reason;
};

/** Only when no list at all could be read is the connection itself in trouble. */
const errorOf = (snapshot: Snapshot): string | null => {
  const listings = SECTIONS.map((section) => snapshot[section]);
  const first = listings[0];
  return listings.every(({ status }) => status === 'failed') && first?.status === 'failed' ? first.message : null;
};
