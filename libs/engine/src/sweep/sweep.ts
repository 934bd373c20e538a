import {
  judgeImpact,
  SECTIONS,
  snapshotWarnings,
  type DidKey,
  type KeyObservation,
  type SectionWarning,
  type Snapshot,
} from '@dialtone/domain';
import { collectInTurns } from '../loops/yielding';
import { changeOf, isBreakage, isUnconfirmed } from '../verdicts/verdict-change';
import type { Clock } from '../ports/clock';
import type { WriteJournal } from '../ports/journal';
import { type VoiceLinkConnections, type SweepableConnection } from '../ports/connections';
import { bucketOf, type KeyStates, type StoredKey } from '../ports/key-states';
import { type PhoneNumbers } from '../ports/phone-numbers';
import { type StoreClock } from '../ports/store-clock';
import { type SweepReport } from '../ports/sweep-queue';
import type { VoiceLinkAccount } from '../ports/upstream';
import { forgetHonestBots } from '../listings/misreported-bots';
import { closeRequests } from '../writes/in-doubt';
import type { EngineSettings } from '../ports/settings';
import { SweepPass } from './sweep-pass';
import { bucketDigitsFor, judgedRows, scopeOf, type JudgedBy, type Scope } from './sweep-scope';

export interface SweepDeps {
  readonly journal: WriteJournal;
  readonly keyStates: KeyStates;
  readonly phoneNumbers: PhoneNumbers;
  readonly connections: VoiceLinkConnections;
  readonly storeClock: StoreClock;
  readonly clock: Clock;
  readonly settings: EngineSettings;
}

export interface SweepResult {
  readonly report: SweepReport & { readonly warnings: readonly SectionWarning[] };
  /** Keys that are listed or stored. */
  readonly keys: number;
  /** How many of them were judged: the others are as they were when they were judged last. */
  readonly judged: number;
  readonly changed: number;
  /** Non-null when this sweep held the connection's writes. */
  readonly held: string | null;
  /** Something that was there is missing from a complete list for the first time: list again soon. */
  readonly unconfirmed: boolean;
}

/** What a process remembers of its last sweep of each account; without it a sweep judges everything. */
export class SweepMemories {
  private readonly memories = new WeakMap<VoiceLinkAccount, JudgedBy>();

  /** Gives it away: whatever goes wrong before `keep`, the next sweep judges everything. */
  take(account: VoiceLinkAccount): JudgedBy | null {
    const memory = this.memories.get(account) ?? null;
    this.memories.delete(account);
    return memory;
  }

  keep(account: VoiceLinkAccount, memory: JudgedBy): void {
    this.memories.set(account, memory);
  }
}

/**
 * One pass over the five lists of one connection: judge every key of which anything differs from the last pass, store only
 * what changed, hold when too much did. The stored side is compared by fingerprints, which are read before what they stand
 * for: what is changed in between is found different by the next sweep. Null when VoiceLink took no more requests before
 * the lists were read: that says nothing about any DID, and nothing is stored.
 */
export const sweepConnection = async (
  deps: SweepDeps & { readonly memories: SweepMemories },
  connection: SweepableConnection,
  account: VoiceLinkAccount,
  signal: AbortSignal,
): Promise<SweepResult | null> => {
  const before = deps.memories.take(account);
  const snapshot = await takeSnapshot(deps.storeClock, account);
  if (wasThrottled(snapshot, account)) {
    if (before !== null) deps.memories.keep(account, before);
    return null;
  }
  const bucketDigits = before?.bucketDigits ?? bucketDigitsFor(snapshot.dids.rows.length);
  const summary = await deps.keyStates.summary(connection.id, bucketDigits);
  const misreportedBotIds = new Set((await deps.connections.misreportedBots(connection.id)).keys());
  const sight = { connection, snapshot, misreportedBotIds, now: deps.clock.now() };
  const rows = judgedRows(snapshot);
  const { fingerprints } = summary;
  const judgedBy = rows && { ...rows, misreportedBotIds, now: sight.now, bucketDigits, fingerprints };

  const pass = new SweepPass(deps, sight, scopeBetween(before, judgedBy));
  const { changed, unknown, ...found } = await pass.judge();
  const impact = { total: summary.declared, broken: found.broken };
  const held = await holdIfTooMuchBroke(deps, connection, impact);
  const written = await pass.store(changed, signal);
  if (!signal.aborted) await takeNote(deps, connection, snapshot);
  if (judgedBy !== null && !signal.aborted) deps.memories.keep(account, settledOf(judgedBy, changed));
  return {
    report: reportOf(snapshot),
    keys: summary.keys + unknown,
    judged: found.judged,
    changed: written.length,
    held,
    unconfirmed: found.unconfirmed,
  };
};

const scopeBetween = (before: JudgedBy | null, after: JudgedBy | null): Scope =>
  before === null || after === null ? 'everything' : scopeOf(before, after);

/** What was to be stored may have been left out for something newer: it is judged again, whatever its fingerprint. */
const settledOf = (judgedBy: JudgedBy, changed: readonly DidKey[]): JudgedBy => {
  const open = new Set(changed.map((key) => bucketOf(key, judgedBy.bucketDigits)));
  const settled = [...judgedBy.fingerprints].filter(([bucket]) => !open.has(bucket));
  return { ...judgedBy, fingerprints: new Map(settled) };
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
  const now = deps.clock.now();
  const updates = await collectInTurns(deps.clock, observations, (observation) =>
    changeOf(observation, stored.get(observation.key), now),
  );
  const broken = updates.filter((update) => isBreakage(update, stored.get(update.observation.key))).length;
  const declared = [...stored.values()].filter((key) => key.declared !== null).length;
  const held = await holdIfTooMuchBroke(deps, connection, { total: declared, broken });
  // Whoever took the lease over has newer listings; what is stored meanwhile is protected by its time of observation.
  const written = signal.aborted ? [] : await deps.keyStates.apply(connection.id, updates, { makeDue: true });
  if (!signal.aborted) await takeNote(deps, connection, snapshot);
  return {
    report: reportOf(snapshot),
    keys: observations.length,
    judged: observations.length,
    changed: written.length,
    held,
    unconfirmed: observations.some((observation) => isUnconfirmed(observation, stored.get(observation.key))),
  };
};

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

/** What the lists prove beside the verdicts. */
const takeNote = async (deps: SweepDeps, connection: SweepableConnection, snapshot: Snapshot): Promise<void> => {
  await closeRequests({ journal: deps.journal, inDoubtMs: deps.settings.inDoubtMs }, connection.id, snapshot);
  await forgetHonestBots(deps, connection, snapshot);
};

const holdIfTooMuchBroke = async (
  deps: SweepDeps,
  connection: SweepableConnection,
  impact: { readonly total: number; readonly broken: number },
): Promise<string | null> => {
  if (connection.writesHeld !== null) return null;
  const reason = judgeImpact(impact, deps.settings.guard);
  if (reason !== null) await deps.connections.holdWrites(connection.id, reason);
  return reason;
};

const reportOf = (snapshot: Snapshot): SweepResult['report'] => ({
  warnings: snapshotWarnings(snapshot),
  error: errorOf(snapshot),
  credentialsRefused: refusalOf(snapshot) !== null,
});

/** Only when no list at all could be read is the connection itself in trouble. */
const errorOf = (snapshot: Snapshot): string | null => {
  const listings = SECTIONS.map((section) => snapshot[section]);
  const first = listings[0];
  return listings.every(({ status }) => status === 'failed') && first?.status === 'failed' ? first.message : null;
};

/** Every list failed because VoiceLink refuses the credentials; null otherwise. */
export const refusalOf = (snapshot: Snapshot): string | null => {
  const refusals = SECTIONS.map((section) => snapshot[section]).flatMap((listing) =>
    listing.status === 'failed' && listing.unauthorized === true ? [listing.message] : [],
  );
  return refusals.length === SECTIONS.length ? (refusals[0] ?? null) : null;
};
