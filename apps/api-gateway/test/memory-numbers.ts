import type { PartnerId } from '@dialtone/domain';
import { isStale } from '@dialtone/engine';
import type { LabelCount, NumberCounts, NumberSelection, NumberStore } from '@dialtone/persistence';
import type { MemoryBindings } from './memory-bindings';
import { isMeant, type MemoryNumber } from './memory-selection';

const tally = <Name extends string>(names: readonly Name[]): Partial<Record<Name, number>> => {
  const groups = Map.groupBy(names, (name) => name);
  return Object.fromEntries([...groups].map(([name, all]) => [name, all.length])) as Partial<Record<Name, number>>;
};

const countsOf = (numbers: readonly MemoryNumber[], freshForMs: number): Omit<NumberCounts, 'connectionId'> => {
  const verdicts = numbers.map(({ verdict }) => verdict);
  const observed = verdicts.flatMap(({ observedAt }) => observedAt?.getTime() ?? []);
  return {
    numbers: numbers.length,
    declared: numbers.filter(({ view }) => view !== null).length,
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

  private meant(selection: NumberSelection): readonly MemoryNumber[] {
    return this.of(selection.partnerId).filter((number) => isMeant(number, selection));
  }

  private of(partnerId: PartnerId): readonly MemoryNumber[] {
    const views = [...this.declared.views.values()].filter(({ binding }) => binding.partnerId === partnerId);
    return [...this.declared.verdicts.values()]
      .filter((verdict) => verdict.partnerId === partnerId)
      .map((verdict) => ({
        verdict,
        view:
          views.find(
            ({ binding: { key, connectionId } }) => key === verdict.key && connectionId === verdict.connectionId,
          ) ?? null,
      }));
  }
}
