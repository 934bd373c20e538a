import {
  indexSnapshot,
  observeIndexed,
  type DidKey,
  type KeyObservation,
  type LocalKnowledge,
  type Snapshot,
  type SnapshotIndex,
} from '@dialtone/domain';
import { inTurns } from '../loops/yielding';
import { changeOf, isBreakage, isUnconfirmed } from '../verdicts/verdict-change';
import type { Clock } from '../ports/clock';
import type { SweepableConnection } from '../ports/connections';
import type { KeySelection, KeyStates, KeyUpdate, StoredKey } from '../ports/key-states';
import type { PhoneNumbers } from '../ports/phone-numbers';
import type { Scope } from './sweep-scope';

export interface PassDeps {
  readonly keyStates: KeyStates;
  readonly phoneNumbers: PhoneNumbers;
  readonly clock: Clock;
}

/** What all keys of one sweep are judged by. */
export interface Sight {
  readonly connection: SweepableConnection;
  readonly snapshot: Snapshot;
  readonly misreportedBotIds: ReadonlySet<number>;
  readonly now: number;
}

export interface Findings {
  readonly judged: number;
  /** Judged keys that the store did not know. */
  readonly unknown: number;
  /** Keys of which something is to be stored, in order. */
  readonly changed: readonly DidKey[];
  /** How many of these were declared and READY. */
  readonly broken: number;
  readonly unconfirmed: boolean;
}

/** Keys whose stored rows are held at once. */
const PORTION = 5_000;
/** Keys that are stored in one transaction. */
const BATCH = 500;

/**
 * One sweep's judgement, portion by portion: of the rows that are stored no more is held than a portion. What is to be
 * stored is only noted while judging, because the guard has to know how much broke before anything is stored; then it is
 * judged once more, batch by batch, by the same lists and by what is stored then.
 */
export class SweepPass {
  private index: SnapshotIndex = { startedAt: 0, dids: null, bots: null, routing: null };

  constructor(
    private readonly deps: PassDeps,
    private readonly sight: Sight,
    private readonly scope: Scope,
  ) {}

  judge(): Promise<Findings> {
    return this.scope === 'everything' ? this.judgeAll() : this.judgePicked(this.scope);
  }

  /** The keys that were written. Whoever took the lease over meanwhile has newer listings: then nothing more is. */
  async store(changed: readonly DidKey[], signal: AbortSignal): Promise<readonly DidKey[]> {
    const written: DidKey[] = [];
    for (let start = 0; start < changed.length && !signal.aborted; start += BATCH) {
      const keys = changed.slice(start, start + BATCH);
      const known = await this.load({ kind: 'picked', buckets: [], keys, clientIds: [] });
      const updates = keys.flatMap((key) => {
        const observation = observeIndexed(this.index, key, known);
        return changeOf(observation, known.stored.get(key), this.sight.now) ?? [];
      });
      const { keyStates } = this.deps;
      written.push(...(await keyStates.apply(this.sight.connection.id, updates, { makeDue: true })));
    }
    return written;
  }

  private async judgeAll(): Promise<Findings> {
    this.index = indexSnapshot(this.sight.snapshot);
    const findings = new Tally();
    for (const { only, keys } of portionsOf([...(this.index.dids?.keys() ?? [])].sort())) {
      await this.judgeKeys(keys, await this.load(only), findings);
    }
    return findings;
  }

  private async judgePicked(scope: Exclude<Scope, 'everything'>): Promise<Findings> {
    const findings = new Tally();
    if (isNothing(scope)) return findings;
    const known = await this.load({ kind: 'picked', ...scope });
    const wanted = new Set([...scope.keys, ...known.stored.keys()]);
    this.index = indexSnapshot(this.sight.snapshot, (key) => wanted.has(key));
    await this.judgeKeys([...(this.index.dids?.keys() ?? [])], known, findings);
    return findings;
  }

  /** The listed keys, and those that are known without being listed. */
  private async judgeKeys(listed: readonly DidKey[], known: Known, findings: Tally): Promise<void> {
    const keys = [...new Set([...listed, ...known.stored.keys()])].sort();
    await inTurns(this.deps.clock, keys, (key) => {
      const stored = known.stored.get(key);
      const observation = observeIndexed(this.index, key, known);
      findings.add(observation, stored, changeOf(observation, stored, this.sight.now));
    });
  }

  private async load(only: KeySelection): Promise<Known> {
    const { keyStates, phoneNumbers } = this.deps;
    const { connection, misreportedBotIds } = this.sight;
    const stored = await keyStates.load(connection.id, only);
    const numbers = await phoneNumbers.byConnection(connection.id, [...stored.keys()]);
    return { stored, ...knowledgeOf({ stored, phoneNumbers: numbers, misreportedBotIds }) };
  }
}

class Tally implements Findings {
  judged = 0;
  unknown = 0;
  readonly changed: DidKey[] = [];
  broken = 0;
  unconfirmed = false;

  add(observation: KeyObservation, stored: StoredKey | undefined, update: KeyUpdate | null): void {
    this.judged += 1;
    if (stored === undefined) this.unknown += 1;
    this.unconfirmed ||= isUnconfirmed(observation, stored);
    if (update === null) return;
    this.changed.push(observation.key);
    if (isBreakage(update, stored)) this.broken += 1;
  }
}

interface Portion {
  readonly only: KeySelection;
  readonly keys: readonly DidKey[];
}

/** All keys there are, listed or stored: the last portion has no end, and what lies between two listed keys falls to the later. */
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

/** What observing a snapshot needs to know besides it. */
export const knowledgeOf = ({
  stored,
  phoneNumbers,
  misreportedBotIds,
}: Pick<LocalKnowledge, 'phoneNumbers' | 'misreportedBotIds'> & {
  readonly stored: ReadonlyMap<DidKey, StoredKey>;
}): LocalKnowledge => {
  const keys = [...stored.values()];
  return {
    phoneNumbers,
    declaredClients: new Map(
      keys.flatMap(({ key, declared }) => (declared ? [[key, declared.clientId] as const] : [])),
    ),
    memory: new Map(keys.map(({ key, presence }) => [key, presence] as const)),
    misreportedBotIds,
  };
};
