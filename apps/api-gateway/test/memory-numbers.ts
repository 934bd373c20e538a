import { isStale } from '@dialtone/engine';
import type { LabelCount, NumberCounts, NumberRow, NumberSelection, NumberStore, Page } from '@dialtone/persistence';
import type { MemoryBindings } from './memory-bindings';
import { isDeclared, isMeant, pageOfMemory, type MemoryNumber } from './memory-selection';

const tally = <Name extends string>(names: readonly Name[]): Partial<Record<Name, number>> => {
  const groups = Map.groupBy(names, (name) => name);
  return Object.fromEntries([...groups].map(([name, all]) => [name, all.length])) as Partial<Record<Name, number>>;
};

const countsOf = (numbers: readonly MemoryNumber[], freshForMs: number): Omit<NumberCounts, 'connectionId'> => {
  const verdicts = numbers.map(({ verdict }) => verdict);
  const observed = verdicts.flatMap(({ observedAt }) => observedAt?.getTime() ?? []);
  return {
    numbers: numbers.length,
    declared: numbers.filter(({ view }) => isDeclared(view)).length,
    stale: verdicts.filter((verdict) => isStale(verdict, freshForMs)).length,
    oldestObservedAt: observed.length === 0 ? null : new Date(Math.min(...observed)),
    states: tally(verdicts.map(({ state }) => state)),
    issues: tally(verdicts.flatMap(({ issues }) => issues)),
  };
};

const labelsOf = (numbers: readonly MemoryNumber[]): readonly LabelCount[] => {
  const given = numbers.flatMap(({ view }) => Object.entries(view?.marks.labels ?? {}));
  return [...Map.groupBy(given, (pair) => JSON.stringify(pair)).values()]
    .flatMap((all) => all.slice(0, 1).map(([name, value]) => ({ name, value, count: all.length })))
    .toSorted((a, b) => b.count - a.count || (`${a.name}\0${a.value}` < `${b.name}\0${b.value}` ? -1 : 1));
};

/** The numbers of declarations and verdicts in memory; it passes the contract of the store on PostgreSQL. */
export class MemoryNumbers implements NumberStore {
  summaries = 0;

  constructor(private readonly declared: MemoryBindings) {}

  summary({
    freshForMs,
    maxLabels,
    ...selection
  }: Parameters<NumberStore['summary']>[0]): ReturnType<NumberStore['summary']> {
    this.summaries += 1;
    const meant = this.meant(selection);
    const connections = [...Map.groupBy(meant, ({ verdict }) => verdict.connectionId)]
      .map(([connectionId, own]) => ({ connectionId, ...countsOf(own, freshForMs) }))
      .toSorted((a, b) => (a.connectionId < b.connectionId ? -1 : 1));
    const labels = labelsOf(meant);
    return Promise.resolve({
      connections,
      labels: labels.slice(0, maxLabels),
      hasMoreLabels: labels.length > maxLabels,
    });
  }

  async list({ freshForMs, ...page }: Parameters<NumberStore['list']>[0]): Promise<Page<NumberRow>> {
    const { items, nextCursor } = await pageOfMemory(this.declared.numbersOf(page.partnerId), page);
    return { items: items.map((number) => toRow(number, freshForMs)), nextCursor };
  }

  count(selection: NumberSelection): Promise<number> {
    return Promise.resolve(this.meant(selection).length);
  }

  private meant(selection: NumberSelection): readonly MemoryNumber[] {
    return this.declared.numbersOf(selection.partnerId).filter((number) => isMeant(number, selection));
  }
}

const toRow = ({ verdict, view, since }: MemoryNumber, freshForMs: number): NumberRow => ({
  connectionId: verdict.connectionId,
  key: verdict.key,
  state: verdict.state,
  issues: verdict.issues,
  isStale: isStale(verdict, freshForMs),
  observedAt: verdict.observedAt?.getTime() ?? null,
  since,
  isDeclared: isDeclared(view),
  declaration: view && {
    agentId: view.binding.agentId,
    mode: view.binding.mode,
    manager: view.marks.manager,
    labels: view.marks.labels,
    outcome: view.status.outcome,
  },
});
