import type { DidKey } from './ids';
import { isStrayBot, unreadableSections } from './unreadable';
import { KEY_SECTIONS, type KeySection } from './key-section';
import { agedKey, ageOfBots, ageOfDids, ageOfRouting, notOld, type AgedKey, type ListAge } from './list-age';
import { knownValues, type SectionValues, type ValueMemory } from './listed-values';
import { NOTHING_SEEN, nextPresence } from './presence';
import { purchaseOf } from './purchase';
import { type KeyObservation, type LocalPhoneNumber, type Presence, type PresenceMemory } from './observation';
import type { RemoteBot, RemoteDid, RemoteRouting } from './remote';
import { areBotsInDoubt, doubtOfKey, NONE_SET_ASIDE, type SetAsideRows } from './doubt';
import { setAsideMessage, type SetAsideRow } from './set-aside';
import type { Listing, Section, SectionWarning, Snapshot } from './snapshot';
import { indexSnapshot, type SnapshotIndex } from './snapshot-index';
import { doubtsOf, SECTIONS } from './snapshot';

/** What listings said about one key; `null` for a list means that it was not complete: unknown, not empty. */
export interface KeyFacts {
  readonly key: DidKey;
  readonly observedAt: number;
  /** Usually at most one; several rows of one key are several purchases of it, see `purchaseOf`. */
  readonly dids: readonly RemoteDid[] | null;
  /** Bots of any client; the mapped client's are picked. */
  readonly bots: readonly RemoteBot[] | null;
  readonly routing: readonly RemoteRouting[] | null;
  /** Rows of these lists that could not be read, at least those that may be about this key. Absent: none. */
  readonly setAside?: SetAsideRows;
  readonly local: LocalPhoneNumber | null;
  /** The client that a declaration names, whose bots matter while the DID is unmapped. */
  readonly declaredClientId: number | null;
  readonly misreportedBotIds: ReadonlySet<number>;
  /** Absent: the lists show what is. */
  readonly age?: ListAge | undefined;
}

/** Undefined: there is none. */
const firstOf = (routing: readonly RemoteRouting[]): RemoteRouting | undefined => sorted(routing)[0];

/** One row is sorted as it is: nearly all keys have one at most. */
const sorted = <Row extends { readonly id: number }>(rows: readonly Row[]): readonly Row[] =>
  rows.length > 1 ? rows.toSorted(byId) : rows;

const byId = (a: { readonly id: number }, b: { readonly id: number }): number => a.id - b.id;

/** Everything known of one key, with the memory of presence and values carried on. */
export const observeKey = (given: KeyFacts, memory: PresenceMemory = NOTHING_SEEN): KeyObservation => {
  const { facts, old, values } = withoutOldLists(withoutDoubted(given), memory.values);
  const did = purchaseOf(facts.dids);
  const clientId = did?.clientId ?? facts.declaredClientId;
  const { seen, botValues } = withoutOldBots(seenOf(facts, did, clientId), old, {
    clientId,
    aged: agedKey(given, memory.values),
  });
  const didPresence = nextPresence(memory.did, facts.dids && did !== null, true);
  return {
    ...seen,
    presence: {
      ...(wasEverListed(memory, did) && { everListed: true }),
      did: didPresence,
      bot: isSettled(seen) ? nextBotPresence(memory.bot, seen, clientId) : waiting(memory.bot, didPresence),
      routing: nextPresence(memory.routing, facts.routing && seen.routing !== null, false),
      ...knownValues({ ...values, bots: botValues }),
    },
  };
};

/** A memory of an earlier release says so only by `present`. */
const wasEverListed = ({ everListed, did }: PresenceMemory, listed: RemoteDid | null): boolean =>
  everListed === true || did === 'present' || listed !== null;

/** Of a key whose row may be one that was set aside its list says nothing; about bots more has to be known. */
const withoutDoubted = (facts: KeyFacts): KeyFacts => {
  const { key, dids, routing, setAside } = facts;
  if (setAside === undefined) return facts;
  const isDoubted = (rows: readonly unknown[] | null, odd: readonly SetAsideRow[]): boolean =>
    rows !== null && doubtOfKey(odd, key, { isListed: rows.length > 0, dids }) !== null;
  return {
    ...facts,
    dids: isDoubted(dids, setAside.dids) ? null : dids,
    routing: isDoubted(routing, withNumber(dids, setAside)) ? null : routing,
  };
};

/** What a suspect list lacks of a number that is not listed itself went with the number. */
const withNumber = (dids: KeyFacts['dids'], { dids: odd, routing }: SetAsideRows): readonly SetAsideRow[] =>
  dids?.length === 0 && odd.length === 0 ? routing.filter(({ isMissing }) => isMissing !== true) : routing;

/** A list that is older than what was seen already says nothing. */
const withoutOldLists = (
  facts: KeyFacts,
  memory: ValueMemory | undefined,
): {
  readonly facts: KeyFacts;
  readonly old: readonly KeySection[];
  readonly values: Readonly<Record<'dids' | 'routing', SectionValues | undefined>>;
} => {
  const dids = ageOfDids(agedKey(facts, memory), facts.dids);
  // A record goes with its DID.
  const routing =
    facts.dids?.length === 0
      ? notOld(memory?.routing)
      : ageOfRouting(agedKey(facts, memory), facts.routing && firstOf(facts.routing));
  const values = { dids: dids.values, routing: routing.values };
  if (!dids.isOld && !routing.isOld) return { facts, old: [], values };
  const ages = { dids, routing };
  const old = (['dids', 'routing'] as const).filter((section) => ages[section].isOld);
  const unknown = Object.fromEntries(old.map((section) => [section, null]));
  return { facts: { ...facts, ...unknown }, old, values };
};

/** Whose bots matter must be known. */
const withoutOldBots = (
  seen: Seen,
  old: readonly KeySection[],
  { clientId, aged }: { readonly clientId: number | null; readonly aged: AgedKey },
): { readonly seen: Seen; readonly botValues: SectionValues | undefined } => {
  const isTold = isSettled(seen) && !seen.unknown.includes('bots');
  const { isOld, values } = isTold ? ageOfBots(aged, clientId, seen) : { isOld: false, values: aged.memory?.bots };
  if (!isOld && old.length === 0) return { seen, botValues: values };
  const all = isOld ? [...old, 'bots' as const] : old;
  const unknown = KEY_SECTIONS.filter((section) => seen.unknown.includes(section) || all.includes(section));
  return { seen: { ...seen, unknown, old: all }, botValues: values };
};

type Seen = Omit<KeyObservation, 'presence'>;

const seenOf = (facts: KeyFacts, did: RemoteDid | null, clientId: number | null): Seen => {
  const { key, observedAt, dids, setAside = NONE_SET_ASIDE, local } = facts;
  const bots = botsOf(facts.bots, clientId);
  const [routing = null, ...extra] = sorted(facts.routing ?? []);
  const misreportedBotIds = bots.map((bot) => bot.id).filter((id) => facts.misreportedBotIds.has(id));
  const strayBots = clientId === null ? [] : (facts.bots ?? []).filter(isStrayBot);
  const unreadable = unreadableSections({ dids, bots, strayBots, routing, misreportedBotIds });
  const inDoubt = areBotsInDoubt(setAside.bots, clientId, { bots, misreportedBotIds, routing });
  return {
    key,
    observedAt,
    unknown: unknownSections(facts, inDoubt ? [...unreadable, 'bots'] : unreadable),
    ...(unreadable.length > 0 && { unreadable }),
    did,
    bots,
    routing,
    extraRoutingIds: extra.map((row) => row.id),
    misreportedBotIds,
    local,
  };
};

const botsOf = (bots: readonly RemoteBot[] | null, clientId: number | null): readonly RemoteBot[] => {
  if (bots === null || clientId === null || bots.length === 0) return [];
  const own = bots.every((bot) => bot.clientId === clientId) ? bots : bots.filter((bot) => bot.clientId === clientId);
  return own.every((bot, at) => at === 0 || (own[at - 1]?.id ?? 0) <= bot.id) ? own : own.toSorted(byId);
};

const unknownSections = (facts: KeyFacts, others: readonly KeySection[]): Section[] =>
  KEY_SECTIONS.filter((section) => facts[section] === null || others.includes(section));

/** Whose bots matter is known. */
const isSettled = ({ did, unreadable }: Seen): boolean => did !== null && unreadable?.includes('dids') !== true;

/** Until it is known whose bots matter, the memory waits, or until the DID is known to be gone. */
const waiting = (prior: Presence, did: Presence): Presence => (did === 'absent' ? 'unknown' : prior);

/** Without a client no bot can be missing. */
const nextBotPresence = (prior: Presence, seen: Seen, clientId: number | null): Presence =>
  clientId === null ? 'unknown' : nextPresence(prior, botSeen(seen), false);

/** With a bot routed to, that one must be listed; without, any bot of the client will do. Null: cannot be told. */
const botSeen = ({ unknown, bots, routing }: Seen): boolean | null => {
  if (unknown.includes('bots')) return null;
  if (bots.length === 0) return false;
  if (unknown.includes('routing')) return null;
  const routed = routing?.outboundBotId ?? null;
  return routed === null || bots.some((bot) => bot.id === routed);
};

export interface LocalKnowledge {
  readonly phoneNumbers: ReadonlyMap<DidKey, LocalPhoneNumber>;
  /** Declared keys with the client each names. */
  readonly declaredClients: ReadonlyMap<DidKey, number | null>;
  readonly memory: ReadonlyMap<DidKey, PresenceMemory>;
  readonly misreportedBotIds: ReadonlySet<number>;
  /** Absent: the lists show what is. */
  readonly age?: ListAge | undefined;
}

/** Those that may be about this key. */
const setAsideFor = ({ dids, bots, routing }: NonNullable<SnapshotIndex['setAside']>, key: DidKey): SetAsideRows => {
  const of = (rows: typeof dids): readonly SetAsideRow[] => {
    const [own, any] = [rows.get(key) ?? [], rows.get(null) ?? []];
    return own.length === 0 ? any : [...own, ...any];
  };
  return { dids: of(dids), bots, routing: of(routing) };
};

const botsIn = ({ bots, strayBots = [] }: SnapshotIndex, clientId: number | null): readonly RemoteBot[] | null => {
  const own = rowsOf(bots, clientId);
  return own === null || clientId === null || strayBots.length === 0 ? own : [...own, ...strayBots];
};

/** One key of an indexed snapshot. Of `known` only what is said of this key matters. */
export const observeIndexed = (index: SnapshotIndex, key: DidKey, known: LocalKnowledge): KeyObservation => {
  const declaredClientId = known.declaredClients.get(key) ?? null;
  const rows = rowsOf(index.dids, key);
  return observeKey(
    {
      key,
      observedAt: index.startedAt,
      dids: rows,
      bots: botsIn(index, purchaseOf(rows)?.clientId ?? declaredClientId),
      routing: rowsOf(index.routing, key),
      ...(index.setAside !== undefined && { setAside: setAsideFor(index.setAside, key) }),
      local: known.phoneNumbers.get(key) ?? null,
      declaredClientId,
      misreportedBotIds: known.misreportedBotIds,
      age: known.age,
    },
    known.memory.get(key),
  );
};

/**
 * One observation per key that VoiceLink lists, or listed once, or that is known here, sorted by key. A snapshot whose DIDs are not
 * complete adds no new keys. Each is made when it is asked for: there may be a hundred thousand.
 */
export function* observeSnapshot(snapshot: Snapshot, known: LocalKnowledge): Generator<KeyObservation> {
  const index = indexSnapshot(snapshot);
  const keys = new Set([
    ...(index.dids?.keys() ?? []),
    ...known.phoneNumbers.keys(),
    ...known.declaredClients.keys(),
    // Listed once, and perhaps no more: without an observation its verdict would neither change nor go stale.
    ...known.memory.keys(),
  ]);
  for (const key of [...keys].sort()) yield observeIndexed(index, key, known);
}

const rowsOf = <Key, Row>(groups: ReadonlyMap<Key, readonly Row[]> | null, key: Key): readonly Row[] | null =>
  groups && (groups.get(key) ?? []);

/** One warning per section that was not complete, is suspect, or of which rows were set aside, in the order of the sections. */
export const snapshotWarnings = (snapshot: Snapshot): SectionWarning[] =>
  SECTIONS.flatMap((section) => warningOf(section, snapshot[section]) ?? []);

const warningOf = (section: Section, listing: Listing<unknown>): SectionWarning | null => {
  if (listing.status === 'failed') return { section, code: 'FETCH_FAILED', message: listing.message };
  if (listing.status === 'truncated') return { section, code: 'TRUNCATED', message: listing.message };
  const doubts = doubtsOf(listing);
  return doubts.length === 0 ? null : { section, code: 'TRUNCATED', message: setAsideMessage(doubts) };
};
