import {
  indexing,
  type AnsweredElsewhere,
  isConfirmedLoss,
  observeIndexed,
  type DidKey,
  type KeyObservation,
  type ListAge,
  type LocalKnowledge,
  type PresenceMemory,
  type Snapshot,
  type SnapshotIndex,
} from '@dialtone/domain';
import { inTurns, stepByStep } from '../loops/yielding';
import { applyOptions, type ApplySettings } from '../verdicts/apply-options';
import { changeOf, isBreakage, isFirstVerdict, isUnconfirmed } from '../verdicts/verdict-change';
import { hasEnded } from '../verdicts/verdict-end';
import type { Clock } from '../ports/clock';
import type { SweepableConnection } from '../ports/connections';
import type { KeySelection, KeyStates, KeyUpdate, StoredKey } from '../ports/key-states';
import type { PhoneNumbers } from '../ports/phone-numbers';
import type { FirstVerdicts } from './first-verdicts';
import type { Scope } from './sweep-scope';

export interface PassDeps {
  readonly keyStates: KeyStates;
  readonly phoneNumbers: PhoneNumbers;
  readonly clock: Clock;
  readonly settings: ApplySettings;
}

/** What all keys of one pass are judged by. */
export interface Sight {
  readonly connection: SweepableConnection;
  readonly snapshot: Snapshot;
  readonly misreportedBotIds: ReadonlySet<number>;
  /** Presence that lists of this sweep proved before they were read again; it counts instead of the stored one. */
  readonly memory: ReadonlyMap<DidKey, PresenceMemory>;
  /** Asked for after the lists were read. */
  readonly age: ListAge;
  /** Epoch ms, this process: a number expires by it. */
  readonly now: number;
  /** Numbers that this connection does not judge. */
  readonly elsewhere: AnsweredElsewhere;
  /** Where a bot points to when the declaration does not say. */
  readonly defaultWebsocketUrl: string;
}

/** Is given every judged key once; `stored` is what was known of it before. */
export type Visit = (observation: KeyObservation, stored: StoredKey | undefined, now: number) => void;

export interface PassOptions {
  readonly scope: Scope;
  /** False: the sweep stores nothing, so no key is `changed` or `broken`. */
  readonly store: boolean;
  /** Takes first verdicts as they are judged; null: their keys are `changed` like others. */
  readonly firsts: FirstVerdicts | null;
  readonly visit: Visit;
}

export interface Findings {
  readonly judged: number;
  /** Listed keys that the store did not know, judged or not. */
  readonly unknown: number;
  /** Judged keys that are declared. */
  readonly declared: number;
  /** How many changed keys were declared and READY, but for those of which an operator has confirmed that they are gone. */
  readonly broken: number;
  readonly unconfirmed: boolean;
  readonly keys: FoundKeys;
}

/** Keys of which something follows from the pass. */
export interface FoundKeys {
  /** With something to store, in order. */
  readonly changed: readonly DidKey[];
  /** With a first verdict, which was stored as they were judged. */
  readonly first: readonly DidKey[];
  /** Unknown to the store, and they get no row: the lists leave open what they are. */
  readonly unstored: readonly DidKey[];
  /** Another connection answers for them, and they have a verdict here. */
  readonly left: readonly DidKey[];
  /** A list of them is not believed yet: time alone changes that. */
  readonly doubted: readonly DidKey[];
}

/** Keys whose stored rows are held at once. */
const PORTION = 1_000;
/** Keys that are stored in one transaction. */
const BATCH = 500;

/**
 * One sweep's judgement, in portions: at most one portion of stored rows is in memory. Judging only notes which keys
 * changed, because the guard has to know how much broke before anything is stored. Storing judges those keys once more,
 * batch by batch, by the same lists and by what is stored by then. First verdicts break nothing, and are stored as they are judged.
 */
export class SweepPass {
  private index: SnapshotIndex = { startedAt: 0, dids: null, bots: null, routing: null };

  constructor(
    private readonly deps: PassDeps,
    private readonly sight: Sight,
    private readonly options: PassOptions,
  ) {}

  async judge(): Promise<Findings> {
    const { scope, firsts } = this.options;
    try {
      const findings = await (scope === 'everything' ? this.judgeAll() : this.judgePicked(scope));
      await firsts?.end();
      return findings;
    } finally {
      await firsts?.idle();
    }
  }

  /** Returns the keys that were written. Stops when the lease is lost: the new holder has fresher lists. */
  async store(changed: readonly DidKey[], signal: AbortSignal): Promise<readonly DidKey[]> {
    const written: DidKey[] = [];
    let applying: Promise<readonly DidKey[]> = Promise.resolve([]);
    for (let start = 0; start < changed.length && !signal.aborted; start += BATCH) {
      // Judged while the batch before is written: no number is in two of them.
      const [before, updates] = await Promise.all([applying, this.updatesOf(changed.slice(start, start + BATCH))]);
      written.push(...before);
      applying = this.apply(updates, signal);
    }
    written.push(...(await applying));
    return written;
  }

  private async updatesOf(keys: readonly DidKey[]): Promise<Updates> {
    const known = await this.load({ kind: 'picked', buckets: [], keys, clientIds: [] }, keys);
    const updates = { first: [] as KeyUpdate[], other: [] as KeyUpdate[] };
    await inTurns(this.deps.clock, keys, (key) => {
      const stored = known.stored.get(key);
      const update = changeOf(observeIndexed(this.index, key, known), stored, this.sight);
      if (update !== null) updates[isFirstVerdict(update, stored) ? 'first' : 'other'].push(update);
    });
    return updates;
  }

  private async apply({ first, other }: Updates, signal: AbortSignal): Promise<readonly DidKey[]> {
    if (signal.aborted) return [];
    const { keyStates, settings } = this.deps;
    const { id } = this.sight.connection;
    const options = { makeDue: true, ...applyOptions(settings) };
    const begun = await keyStates.apply(id, first, { ...options, areFirst: true });
    return [...begun, ...(await keyStates.apply(id, other, options))];
  }

  private async judgeAll(): Promise<Findings> {
    this.index = await stepByStep(this.deps.clock, indexing(this.sight.snapshot));
    const findings = new Tally(this.sight.snapshot, []);
    const listed = new Set([...(this.index.dids?.keys() ?? []), ...this.sight.memory.keys()]);
    for (const { only, keys } of portionsOf([...listed].sort())) {
      await this.judgeKeys(keys, await this.load(only, keys), findings);
    }
    return findings;
  }

  private async judgePicked(scope: Exclude<Scope, 'everything'>): Promise<Findings> {
    const { unstored, ...picked } = scope;
    const findings = new Tally(this.sight.snapshot, unstored);
    if (isNothing(scope)) return findings;
    const known = await this.load({ kind: 'picked', ...picked }, []);
    const wanted = new Set([...scope.keys, ...known.stored.keys()]);
    this.index = await stepByStep(
      this.deps.clock,
      indexing(this.sight.snapshot, (key) => wanted.has(key)),
    );
    await this.judgeKeys([...(this.index.dids?.keys() ?? [])], known, findings);
    return findings;
  }

  /** Judges the listed keys, and those that are stored without being listed. */
  private async judgeKeys(listed: readonly DidKey[], known: Known, findings: Tally): Promise<void> {
    const keys = [...new Set([...listed, ...known.stored.keys()])].sort();
    const { store, visit, firsts } = this.options;
    const { now, elsewhere } = this.sight;
    const judgeKey = (key: DidKey): void => {
      const stored = known.stored.get(key);
      if (elsewhere.has(key)) {
        findings.leave(key, stored);
        return;
      }
      const observation = observeIndexed(this.index, key, known);
      const update = store ? changeOf(observation, stored, this.sight) : null;
      const isFirst = firsts !== null && update !== null && isFirstVerdict(update, stored);
      if (isFirst) firsts.add(update);
      findings.add(observation, stored, { update, isFirst });
      visit(observation, stored, now);
    };
    await inTurns(this.deps.clock, keys, judgeKey, () => firsts?.flow() ?? Promise.resolve());
  }

  private async load(only: KeySelection, listed: readonly DidKey[]): Promise<Known> {
    const { connection, misreportedBotIds, memory, age } = this.sight;
    const stored = await this.deps.keyStates.load(connection.id, only);
    const phoneNumbers = await this.deps.phoneNumbers.byConnection(connection.id, [...stored.keys()]);
    const declaredClients = declaredClientsOf(stored);
    return { stored, phoneNumbers, declaredClients, memory: memoryOf(stored, listed, memory), misreportedBotIds, age };
  }
}

/** What a batch of keys has to store. */
interface Updates {
  readonly first: readonly KeyUpdate[];
  readonly other: readonly KeyUpdate[];
}

interface Judged {
  /** Null: there is nothing to store. */
  readonly update: KeyUpdate | null;
  /** It is stored already. */
  readonly isFirst: boolean;
}

class Tally implements Findings {
  judged = 0;
  unknown: number;
  declared = 0;
  broken = 0;
  unconfirmed = false;
  readonly keys: { readonly [Kind in keyof FoundKeys]: DidKey[] };

  /** Begins with the keys without a row that are not judged again. */
  constructor(
    private readonly snapshot: Snapshot,
    unstored: readonly DidKey[],
  ) {
    this.unknown = unstored.length;
    this.keys = { changed: [], first: [], unstored: [...unstored], left: [], doubted: [] };
  }

  add(observation: KeyObservation, stored: StoredKey | undefined, { update, isFirst }: Judged): void {
    const { key } = observation;
    this.judged += 1;
    if (stored === undefined) this.unknown += 1;
    else if (stored.declared !== null) this.declared += 1;
    this.unconfirmed ||= isUnconfirmed(observation, stored);
    if (observation.old !== undefined) this.keys.doubted.push(key);
    if (update === null) {
      if (stored === undefined) this.keys.unstored.push(key);
      return;
    }
    this.keys[isFirst ? 'first' : 'changed'].push(key);
    if (isBreakage(update, stored) && !isConfirmedLoss(observation, this.snapshot)) this.broken += 1;
  }

  leave(key: DidKey, stored: StoredKey | undefined): void {
    if (stored !== undefined && !hasEnded(stored)) this.keys.left.push(key);
  }
}

interface Portion {
  readonly only: KeySelection;
  readonly keys: readonly DidKey[];
}

/** Covers all keys, listed or stored: the last portion has no end, and keys between two listed ones fall to the later. */
const portionsOf = (listed: readonly DidKey[]): readonly Portion[] =>
  Array.from({ length: Math.max(1, Math.ceil(listed.length / PORTION)) }, (_, index) => {
    const [from, to] = [index * PORTION, (index + 1) * PORTION];
    const after = listed[from - 1] ?? null;
    const through = to >= listed.length ? null : (listed[to - 1] ?? null);
    return { only: { kind: 'range', after, through }, keys: listed.slice(from, to) };
  });

const isNothing = ({ buckets, keys, clientIds }: Exclude<Scope, 'everything'>): boolean =>
  buckets.length === 0 && keys.length === 0 && clientIds.length === 0;

interface Known extends LocalKnowledge {
  readonly stored: ReadonlyMap<DidKey, StoredKey>;
}

const declaredClientsOf = (stored: Known['stored']): LocalKnowledge['declaredClients'] =>
  new Map([...stored.values()].flatMap(({ key, declared }) => (declared ? [[key, declared.clientId] as const] : [])));

/** What is stored, unless a list of this sweep has proved more. */
const memoryOf = (
  stored: Known['stored'],
  listed: readonly DidKey[],
  proved: Sight['memory'],
): LocalKnowledge['memory'] => {
  const memory = new Map([...stored.values()].map(({ key, presence }) => [key, proved.get(key) ?? presence] as const));
  if (proved.size === 0) return memory;
  for (const key of listed) {
    const presence = proved.get(key);
    if (presence !== undefined) memory.set(key, presence);
  }
  return memory;
};
