import { writeOutcomes, type History, type HistoryRecord, type HistorySelection } from '@dialtone/engine';
import type { KeptEntry, Tables } from './tables';

export class InMemoryHistory implements History {
  constructor(private readonly tables: Tables) {}

  /** Everything that is kept, the oldest first. */
  get all(): readonly HistoryRecord[] {
    return this.tables.history.map((entry) => this.toRecord(entry));
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

const isSelected = (
  { partnerId, connectionId, key, kinds, actor, from, to }: HistorySelection,
  entry: KeptEntry,
): boolean =>
  entry.partnerId === partnerId &&
  (connectionId === undefined || entry.connectionId === connectionId) &&
  (key === undefined || entry.key === key) &&
  (kinds?.includes(entry.kind) ?? true) &&
  (actor === undefined || entry.actor === actor) &&
  entry.at >= (from ?? 0) &&
  entry.at < (to ?? Infinity);
