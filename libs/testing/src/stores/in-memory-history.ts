import {
  writeOutcomes,
  type History,
  type HistoryEntry,
  type HistoryRecord,
  type HistorySelection,
} from '@dialtone/engine';
import type { KeptEntry, Tables } from './tables';

export class InMemoryHistory implements History {
  constructor(private readonly tables: Tables) {}

  /** The rows, the oldest first. */
  get entries(): readonly KeptEntry[] {
    return this.tables.history;
  }

  /** Everything that is kept, the oldest first. */
  get all(): readonly HistoryRecord[] {
    return this.tables.history.map((entry) => this.toRecord(entry));
  }

  /** As a store does that keeps what steers repairs. */
  keep(entries: readonly HistoryEntry[]): void {
    this.tables.keep(entries);
  }

  read({ limit, before, ...selection }: Parameters<History['read']>[0]): Promise<readonly HistoryRecord[]> {
    const found = this.tables.history
      .filter((entry) => isSelected(selection, entry) && (before === undefined || isOlder(entry, before)))
      .sort((a, b) => (isOlder(a, b) ? 1 : -1))
      .slice(0, limit);
    return Promise.resolve(found.map((entry) => this.toRecord(entry)));
  }

  prune({ olderThanMs, limit }: Parameters<History['prune']>[0]): Promise<number> {
    const { history, clock } = this.tables;
    const old = history.slice(0, limit).filter(({ at }) => at < clock.now() - olderThanMs);
    history.splice(0, history.length, ...history.filter((entry) => !old.includes(entry)));
    return Promise.resolve(old.length);
  }

  private toRecord({ writeId, ...entry }: KeptEntry): HistoryRecord {
    const write = writeId === null ? undefined : this.tables.writes[Number(writeId) - 1];
    return { ...entry, outcomes: write === undefined ? [] : writeOutcomes(write), answer: write?.answer ?? null };
  }
}

const isOlder = (a: Pick<HistoryRecord, 'at' | 'id'>, b: Pick<HistoryRecord, 'at' | 'id'>): boolean =>
  a.at < b.at || (a.at === b.at && Number(a.id) < Number(b.id));

/** What is not asked for selects everything. */
const isOne = <T>(asked: T | undefined, value: T): boolean => asked === undefined || asked === value;

const isSelected = (asked: HistorySelection, entry: KeptEntry): boolean =>
  entry.partnerId === asked.partnerId &&
  isOne<KeptEntry['connectionId']>(asked.connectionId, entry.connectionId) &&
  isOne<KeptEntry['key']>(asked.key, entry.key) &&
  isOne(asked.actor, entry.actor) &&
  (asked.kinds?.includes(entry.kind) ?? true) &&
  isWithin(asked, entry.at);

const isWithin = ({ from = 0, to = Infinity }: HistorySelection, at: number): boolean => at >= from && at < to;
