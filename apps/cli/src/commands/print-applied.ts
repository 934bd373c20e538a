import type { BulkResultDto } from '@dialtone/client';
import type { Preview } from '../declare/preview';
import { countOf } from '../output/texts';
import type { Run } from '../run';

const KINDS = ['created', 'updated', 'unchanged', 'withdrawn', 'refused'] as const;

const summaryOf = (results: readonly BulkResultDto[]): Readonly<Record<BulkResultDto['result'], number>> => {
  const counts = { created: 0, updated: 0, unchanged: 0, withdrawn: 0, refused: 0 };
  for (const { result } of results) counts[result] += 1;
  return counts;
};

/** The counts; as JSON and YAML each result too, and as names the numbers that changed. */
export const printApplied = (run: Run, { judged, pruned }: Preview): void => {
  const results = judged.map(({ sent, result }) => ({
    file: sent.from.file,
    line: sent.from.line,
    number: sent.item.number,
    ...result,
  }));
  const summary = summaryOf([...judged.map(({ result }) => result), ...pruned]);
  if (run.format === 'json' || run.format === 'yaml') {
    run.printRow({ summary, results, pruned }, { nameOf: () => '', columns: [] });
  } else if (run.format === 'name') {
    const changed = [...judged.map(({ result }) => result), ...pruned].filter(
      ({ result }) => result !== 'unchanged' && result !== 'refused',
    );
    run.print(changed.map(({ key }) => `+${key ?? ''}\n`).join(''));
  } else run.print(`${KINDS.map((kind) => `${kind} ${countOf(summary[kind])}`).join(', ')}\n`);
};
