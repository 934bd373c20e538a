import { type KeyObservation, type SectionWarning, type Snapshot } from '@dialtone/domain';
import { shownVerdict, type KeyReport } from '../verdicts/shown-verdict';
import type { SweepableConnection } from '../ports/connections';
import type { StoredKey } from '../ports/key-states';
import type { LocalNumberRow } from '../ports/phone-numbers';
import type { ClaimedSweep } from '../ports/sweep-queue';
import type { VoiceLinkAccount } from '../ports/upstream';
import { runSweep, type RunSweepDeps } from './run-sweep';
import { sweep, type SweepDeps, type SweepEnding, type SweepOrder, type Visitor } from './sweep';

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

/** The caller waits for the answer: it shows every key, and leaves nothing open that another listing can tell. */
const REQUESTED = { memory: null, confirm: true } as const;

/**
 * Lists everything and judges every key from that alone. Reads only: nothing is stored, not even a verdict. Needs no lease.
 */
export const checkConnection = async (
  deps: SweepDeps,
  connection: SweepableConnection,
  account: VoiceLinkAccount,
): Promise<SyncView | null> => {
  const visitor = new KeyReports();
  const order: SweepOrder = { ...REQUESTED, connection, account, importDids: false, store: false, visitor };
  return viewOf(deps, connection, { ending: await sweep(deps, order, new AbortController().signal), visitor });
};

/** A claimed sweep that also imports. Null when its lease was lost before everything was stored. */
export const syncConnection = async (
  deps: SweepDeps & RunSweepDeps,
  claimed: ClaimedSweep,
  account: VoiceLinkAccount,
): Promise<SyncView | null> => {
  const { connection } = claimed;
  const visitor = new KeyReports();
  const order: SweepOrder = { ...REQUESTED, connection, account, importDids: true, store: true, visitor };
  const ending = await runSweep(deps, claimed, (signal) => sweep(deps, order, signal));
  return viewOf(deps, connection, { ending, visitor });
};

const viewOf = async (
  { phoneNumbers }: SweepDeps,
  { id }: SweepableConnection,
  { ending, visitor }: { readonly ending: SweepEnding; readonly visitor: KeyReports },
): Promise<SyncView | null> => {
  if (ending.kind !== 'swept') return null;
  const { snapshot, warnings } = ending;
  const localNumbers = await phoneNumbers.rows(id);
  return { snapshot, localNumbers, keys: visitor.reports(localNumbers), warnings };
};

type Verdict = Omit<KeyReport, 'local'>;

/** Collects the report of every key that concerns the partner. */
class KeyReports implements Visitor {
  private verdicts: Verdict[] = [];

  begin(): void {
    this.verdicts = [];
  }

  visit(observation: KeyObservation, stored: StoredKey | undefined, now: number): void {
    if (concerns(observation, stored)) this.verdicts.push({ observation, ...shown(observation, stored, now) });
  }

  /** With the rows that were observed: a row that came later was not judged. */
  reports(localNumbers: readonly LocalNumberRow[]): readonly KeyReport[] {
    const rows = new Map(localNumbers.map((row) => [row.key, row] as const));
    return this.verdicts.map((verdict) => {
      const { key, local } = verdict.observation;
      const row = rows.get(key);
      return { ...verdict, local: local === null || row === undefined ? null : { ...row, ...local } };
    });
  }
}

/** False for a number that VoiceLink listed once and lists no more, when neither a row nor a declaration is left. */
const concerns = ({ local, presence }: KeyObservation, stored: StoredKey | undefined): boolean =>
  presence.did !== 'absent' || local !== null || (stored?.declared ?? null) !== null;

const shown = (
  observation: KeyObservation,
  stored: StoredKey | undefined,
  now: number,
): Pick<KeyReport, 'readiness' | 'stale'> =>
  shownVerdict(observation, stored, { declaredAgentId: stored?.declared?.agentId ?? null, now });
