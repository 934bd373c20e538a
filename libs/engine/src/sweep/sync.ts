import { type DidKey, type KeyObservation, type SectionWarning, type Snapshot } from '@dialtone/domain';
import { confirmAbsence } from '../listings/confirm-absence';
import { collectInTurns } from '../loops/yielding';
import { shownVerdict, type KeyReport } from '../verdicts/shown-verdict';
import type { SweepableConnection } from '../ports/connections';
import type { StoredKey } from '../ports/key-states';
import type { LocalNumberRow } from '../ports/phone-numbers';
import type { VoiceLinkAccount } from '../ports/upstream';
import { storeSweep, takeSnapshot, type Pass, type SweepDeps, type SweepResult } from './sweep';
import { knowledgeOf } from './sweep-pass';

/** What one look at everything found. */
export interface SyncView {
  readonly snapshot: Snapshot;
  /** Ordered by key. */
  readonly localNumbers: readonly LocalNumberRow[];
  /** One per number that VoiceLink lists, that is declared or that has a local row; ordered by key. */
  readonly keys: readonly KeyReport[];
  /** In the order of the sections. */
  readonly warnings: readonly SectionWarning[];
}

/** Lists everything and judges every key from that alone. Reads only: nothing is stored, not even a verdict. */
export const checkConnection = async (
  deps: SweepDeps,
  connection: SweepableConnection,
  account: VoiceLinkAccount,
): Promise<SyncView> => {
  const snapshot = await takeSnapshot(deps.storeClock, account);
  return (await lookAt(deps, { connection, account, snapshot })).view;
};

/**
 * A sweep that also imports: every number of a complete list of DIDs gets its local row, before the keys are judged.
 * Rows that exist are left as they are, and none is ever deleted. Under the lease of the connection's sweep; null when
 * that was lost before everything was stored.
 */
export const syncConnection = async (
  deps: SweepDeps,
  connection: SweepableConnection,
  account: VoiceLinkAccount,
  signal: AbortSignal,
): Promise<{ readonly view: SyncView; readonly result: SweepResult } | null> => {
  const isLost = (): boolean => signal.aborted;
  const snapshot = await takeSnapshot(deps.storeClock, account);
  if (isLost()) return null;
  await importDids(deps, connection, snapshot);
  const { pass, view } = await lookAt(deps, { connection, account, snapshot });
  const result = await storeSweep(deps, connection, pass, signal);
  return isLost() ? null : { view, result };
};

const importDids = async (deps: SweepDeps, connection: SweepableConnection, { dids }: Snapshot): Promise<void> => {
  if (dids.status !== 'complete' || dids.rows.length === 0) return;
  const keys = [...new Set(dids.rows.map(({ key }) => key))].sort();
  await deps.phoneNumbers.importAll({ partnerId: connection.partnerId, connectionId: connection.id, keys });
};

interface Listed {
  readonly connection: SweepableConnection;
  readonly account: VoiceLinkAccount;
  readonly snapshot: Snapshot;
}

const lookAt = async (
  deps: SweepDeps,
  { connection, account, snapshot }: Listed,
): Promise<{ readonly pass: Pass; readonly view: SyncView }> => {
  const stored = await deps.keyStates.load(connection.id);
  const localNumbers = await deps.phoneNumbers.rows(connection.id);
  const rows = new Map(localNumbers.map((row) => [row.key, row] as const));
  const phoneNumbers = new Map(localNumbers.map((row) => [row.key, localOf(row)] as const));
  const misreportedBotIds = new Set((await deps.connections.misreportedBots(connection.id)).keys());
  const known = knowledgeOf({ stored, phoneNumbers, misreportedBotIds });
  const confirmed = await confirmAbsence(deps.clock, account, { snapshot, known });
  const now = deps.clock.now();
  const keys = await collectInTurns(deps.clock, confirmed.observations, (observation) =>
    concerns(observation, stored.get(observation.key)) ? reportOf(observation, { stored, rows, now }) : null,
  );
  return {
    pass: { snapshot: confirmed.snapshot, stored, observations: confirmed.observations },
    view: {
      snapshot: confirmed.snapshot,
      localNumbers,
      keys,
      warnings: confirmed.warnings,
    },
  };
};

/** What an observation keeps of a row. */
const localOf = ({ id, key, agentId, agentName }: LocalNumberRow) => ({ id, key, agentId, agentName });

/** A number that VoiceLink listed once and lists no more is nobody's business when neither a row nor a declaration is left. */
const concerns = ({ local, presence }: KeyObservation, stored: StoredKey | undefined): boolean =>
  presence.did !== 'absent' || local !== null || (stored?.declared ?? null) !== null;

const reportOf = (
  observation: KeyObservation,
  known: {
    readonly stored: ReadonlyMap<DidKey, StoredKey>;
    readonly rows: ReadonlyMap<DidKey, LocalNumberRow>;
    readonly now: number;
  },
): KeyReport => {
  const stored = known.stored.get(observation.key);
  const declaredAgentId = stored?.declared?.agentId ?? null;
  return {
    readiness: shownVerdict(observation, stored, { declaredAgentId, now: known.now }),
    observation,
    local: known.rows.get(observation.key) ?? null,
  };
};
