import {
  answeredElsewhere,
  isExpired,
  isReadToEnd,
  judgeImpact,
  type RemoteDid,
  type SectionWarning,
  type Snapshot,
} from '@dialtone/domain';
import { forgetHonestBots } from '../listings/misreported-bots';
import { stepByStep } from '../loops/yielding';
import type { Clock } from '../ports/clock';
import type { SweepableConnection, VoiceLinkConnections } from '../ports/connections';
import type { WriteJournal } from '../ports/journal';
import { bucketOf, type KeyStates, type StoredSummary } from '../ports/key-states';
import type { PhoneNumbers } from '../ports/phone-numbers';
import type { EngineSettings } from '../ports/settings';
import type { StoreClock } from '../ports/store-clock';
import type { UpstreamPause, VoiceLinkAccount } from '../ports/upstream';
import { hold } from '../verdicts/hold';
import { closeRequests } from '../writes/in-doubt';
import { listAge } from '../writes/recent-writes';
import { confirmAbsence, Gaps, type Look } from './confirm-absence';
import { FirstVerdicts } from './first-verdicts';
import type { SweepMemories } from './sweep-memories';
import { SweepPass, type Findings, type FoundKeys, type PassOptions, type Sight, type Visit } from './sweep-pass';
import { reportOf } from './sweep-report';
import { bucketDigitsFor, judgedRows, scoping, type JudgedBy, type JudgingBy, type Scope } from './sweep-scope';
import { takeSnapshot } from './take-snapshot';

export interface SweepDeps {
  readonly journal: WriteJournal;
  readonly keyStates: KeyStates;
  readonly phoneNumbers: PhoneNumbers;
  readonly connections: VoiceLinkConnections;
  readonly storeClock: StoreClock;
  readonly clock: Clock;
  readonly settings: Pick<
    EngineSettings,
    'guard' | 'inDoubtMs' | 'staleReadsMs' | 'defaultWebsocketUrl' | 'sweepIntervalMs' | 'flapping' | 'mode' | 'dryRun'
  >;
}

/** Is shown every key. A look that follows another one begins anew: the last one counts. */
export interface Visitor {
  begin(): void;
  readonly visit: Visit;
}

/** Which connection to sweep, and what for. */
export interface SweepOrder {
  readonly connection: SweepableConnection;
  readonly account: VoiceLinkAccount;
  /** Limits the sweep to what differs from the last one; null: it judges everything and remembers nothing. */
  readonly memory: SweepMemories | null;
  /** True: every number of a complete list of DIDs gets its local row before the keys are judged. */
  readonly importDids: boolean;
  /** True: what is missing for the first time is listed again at once; false: that is left to the next sweep. */
  readonly confirm: boolean;
  /** False: nothing is stored, no verdict, no hold, no note. */
  readonly store: boolean;
  readonly visitor: Visitor | null;
}

export interface SweepResult {
  /** With the lists that were read again. */
  readonly snapshot: Snapshot;
  /**
   * For the visitor: the lists that are incomplete or hold rows that cannot be read, and those whose gaps could not be
   * confirmed; in the order of the sections.
   */
  readonly warnings: readonly SectionWarning[];
  readonly report: ReturnType<typeof reportOf>;
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

/**
 * How a sweep ended. `throttled`: VoiceLink took no more requests before the lists were read, which says nothing about any
 * DID, and nothing was stored. `lost`: so was the lease. `failed`: it could not begin, or a store is away; `error` is for
 * the partner. A pause is the one that holds at the end; null: VoiceLink can be asked.
 */
export type SweepEnding =
  | ({ readonly kind: 'swept'; readonly pause: UpstreamPause | null } & SweepResult)
  | { readonly kind: 'throttled'; readonly pause: UpstreamPause | null }
  | { readonly kind: 'lost' }
  | { readonly kind: 'failed'; readonly error: string };

/**
 * One pass over the five lists of one connection: judges every key that differs from the last pass, stores only what
 * changed, and holds the connection's writes when too much did. The loop, a sync and a check all come through here.
 *
 * The stored side is compared by fingerprints, read before the rows they stand for: the next sweep finds what changes in
 * between. Rows that exist are left as they are, and none is ever deleted. Throws only when a store does.
 */
export const sweep = async (deps: SweepDeps, order: SweepOrder, signal: AbortSignal): Promise<SweepEnding> => {
  const { connection, account, memory } = order;
  const before = memory?.take(account) ?? null;
  const snapshot = await takeSnapshot(deps.storeClock, account);
  // A visitor waits for whatever could be read; the loop comes again.
  if (order.visitor === null && wasThrottled(snapshot, account)) {
    if (before !== null) memory?.keep(account, before);
    return { kind: 'throttled', pause: account.currentPause() };
  }
  if (signal.aborted) return { kind: 'lost' };
  if (order.importDids) await importDids(deps, connection, snapshot);
  return judgeLists(deps, order, { snapshot, before, signal });
};

interface Lists {
  readonly snapshot: Snapshot;
  readonly before: JudgedBy | null;
  readonly signal: AbortSignal;
}

const judgeLists = async (deps: SweepDeps, order: SweepOrder, { signal, ...lists }: Lists): Promise<SweepEnding> => {
  const { account, memory } = order;
  const { summary, judgedBy, ...basis } = await basisOf(deps, order, lists);
  // What is listed again is judged again, and stored when it is certain.
  const firsts = order.store && !order.confirm ? new FirstVerdicts(deps, order.connection.id, signal) : null;
  const first = await lookAtAll(deps, order, { ...basis, firsts });
  const { look, warnings } = await confirmAbsence(account, first, async (again) => {
    const age = await listAge(deps, order.connection.id, null, again.snapshot.startedAt);
    return lookAtAll(deps, order, {
      sight: { ...again, age, now: deps.clock.now() },
      scope: 'everything',
      firsts: null,
    });
  });
  const { findings } = look;
  const { keys, declared } = countsOf(summary, findings);
  const stored = order.store ? await storeFindings(deps, look, { declared, signal }) : NOTHING_STORED;
  if (signal.aborted) return { kind: 'lost' };
  const changed = stored.changed + (firsts?.written.length ?? 0);
  if (judgedBy !== null) memory?.keep(account, settledOf(judgedBy, findings.keys));
  const { judged, unconfirmed } = findings;
  const read = { snapshot: look.sight.snapshot, warnings, report: reportOf(look.sight.snapshot) };
  return { kind: 'swept', pause: account.currentPause(), ...read, ...stored, changed, keys, judged, unconfirmed };
};

const NOTHING_STORED = { held: null, changed: 0 };

const wasThrottled = (snapshot: Snapshot, account: VoiceLinkAccount): boolean =>
  !isReadToEnd(snapshot) && account.currentPause()?.why === 'rate_limited';

const importDids = async (
  deps: SweepDeps,
  connection: SweepableConnection,
  { dids, startedAt }: Snapshot,
): Promise<void> => {
  if (dids.status !== 'complete' || dids.rows.length === 0) return;
  const keysOf = (rows: readonly RemoteDid[]) => [...new Set(rows.map(({ key }) => key))].sort();
  // Of an expired DID it is not known whether another account has it by now.
  const proven = keysOf(dids.rows.filter((did) => !isExpired(did, startedAt)));
  const place = { partnerId: connection.partnerId, connectionId: connection.id };
  await deps.phoneNumbers.importAll({ ...place, keys: keysOf(dids.rows), proven });
};

interface Basis {
  /** Null when nothing is remembered of earlier sweeps. */
  readonly summary: StoredSummary | null;
  readonly sight: Sight;
  readonly scope: Scope;
  /** What to remember for the next sweep; null when this one leaves something open. */
  readonly judgedBy: JudgingBy | null;
}

const basisOf = async (
  deps: SweepDeps,
  { connection, memory }: SweepOrder,
  { snapshot, before }: Omit<Lists, 'signal'>,
): Promise<Basis> => {
  const bucketDigits = before?.bucketDigits ?? bucketDigitsFor(snapshot.dids.rows.length);
  // Read before the rows are: what is claimed in between is found by the next sweep.
  const [summary, misreported, shared, age] = await Promise.all([
    memory && deps.keyStates.summary(connection.id, bucketDigits),
    deps.connections.misreportedBots(connection.id),
    deps.connections.sharedAccount(connection.id),
    listAge(deps, connection.id, null, snapshot.startedAt),
  ]);
  const misreportedBotIds = new Set(misreported.keys());
  const now = deps.clock.now();
  const rows = judgedRows(snapshot);
  const elsewhere = answeredElsewhere(connection.id, shared);
  const basis = { misreportedBotIds, now, bucketDigits, elsewhere: elsewhere.fingerprint };
  const judgedBy = rows && summary && { ...rows, ...basis, fingerprints: summary.fingerprints };
  const { defaultWebsocketUrl } = deps.settings;
  const common = { connection, snapshot, misreportedBotIds, elsewhere, defaultWebsocketUrl };
  const sight = { ...common, memory: new Map(), age, now };
  return { summary, sight, scope: await scopeBetween(deps.clock, before, judgedBy), judgedBy };
};

const scopeBetween = async (clock: Clock, before: JudgedBy | null, after: JudgingBy | null): Promise<Scope> =>
  before === null || after === null ? 'everything' : stepByStep(clock, scoping(before, after));

const lookAtAll = async (
  deps: SweepDeps,
  { confirm, store, visitor }: SweepOrder,
  { sight, scope, firsts }: Pick<Basis, 'sight' | 'scope'> & Pick<PassOptions, 'firsts'>,
): Promise<Look> => {
  visitor?.begin();
  const gaps = confirm ? new Gaps(sight.memory) : null;
  const visit: Visit = (observation, stored, now) => {
    gaps?.add(observation, stored);
    visitor?.visit(observation, stored, now);
  };
  const pass = new SweepPass(deps, sight, { scope, store, visit, firsts });
  return { sight, pass, gaps, findings: await pass.judge() };
};

/** A summary counts the keys that were not judged, too; without one all were. */
const countsOf = (
  summary: StoredSummary | null,
  { judged, unknown, declared }: Findings,
): { readonly keys: number; readonly declared: number } =>
  summary === null ? { keys: judged, declared } : { keys: summary.keys + unknown, declared: summary.declared };

/** Holds before it stores: nothing may act on what this sweep found while writes are not held yet. */
const storeFindings = async (
  deps: SweepDeps,
  { pass, sight, findings }: Look,
  { declared, signal }: { readonly declared: number; readonly signal: AbortSignal },
): Promise<Pick<SweepResult, 'held' | 'changed'>> => {
  const impact = { total: declared, broken: findings.broken };
  const held = await holdIfTooMuchBroke(deps, sight.connection, impact);
  await deps.keyStates.end(sight.connection.id, findings.keys.left);
  const written = await pass.store(findings.keys.changed, signal);
  if (!signal.aborted) await takeNote(deps, sight.connection, sight.snapshot);
  return { held, changed: written.length };
};

const holdIfTooMuchBroke = async (
  deps: SweepDeps,
  connection: SweepableConnection,
  impact: { readonly total: number; readonly broken: number },
): Promise<string | null> => {
  if (connection.writesHeld !== null) return null;
  const why = judgeImpact(impact, deps.settings.guard);
  return why === null ? null : hold(deps, connection.id, why);
};

/** What the lists prove beside the verdicts. */
const takeNote = async (deps: SweepDeps, connection: SweepableConnection, snapshot: Snapshot): Promise<void> => {
  await Promise.all([
    closeRequests({ journal: deps.journal, inDoubtMs: deps.settings.inDoubtMs }, connection.id, snapshot),
    forgetHonestBots(deps, connection, snapshot),
  ]);
};

/**
 * A newer verdict may have displaced what was to be stored, and a list that is not believed is in time: the keys of both are
 * judged again, whatever their fingerprint.
 */
const settledOf = (judgedBy: JudgingBy, { changed, first, doubted, unstored }: FoundKeys): JudgedBy => {
  const open = new Set([...changed, ...first, ...doubted].map((key) => bucketOf(key, judgedBy.bucketDigits)));
  const settled = [...judgedBy.fingerprints].filter(([bucket]) => !open.has(bucket));
  return { ...judgedBy, fingerprints: new Map(settled), unstored };
};
