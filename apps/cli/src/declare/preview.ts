import type { BulkResultDto } from '@dialtone/client';
import type { Problem } from '../files/places';
import type { Gateway } from '../gateway/gateway';
import { countOf } from '../output/texts';
import { plannedBatches, sendBatch, sendPrune, type PruneTerms, type Terms } from './batches';
import type { Resolved } from './resolve';

export interface Judged {
  readonly sent: Resolved;
  readonly result: BulkResultDto;
}

/** What would become of each line, and of what no line names. */
export interface Preview {
  readonly judged: readonly Judged[];
  readonly pruned: readonly BulkResultDto[];
}

export const withResult = (
  { judged }: Pick<Preview, 'judged'>,
  ...kinds: readonly BulkResultDto['result'][]
): readonly Judged[] => judged.filter(({ result }) => kinds.includes(result.result));

interface AnsweredLine {
  readonly sent: Resolved;
  readonly result: Pick<BulkResultDto, 'key' | 'result' | 'field' | 'reason' | 'code'>;
}

/** Refusals at the lines that they are about. */
export const refusals = (judged: readonly AnsweredLine[]): readonly Problem[] =>
  judged
    .filter(({ result }) => result.result === 'refused')
    .map(({ sent: { from }, result: { field = null, reason = '', code } }) => ({
      file: from.file,
      line: (field === null ? undefined : (from.lines[field.replace(/_id$/, '')] ?? from.lines[field])) ?? from.line,
      field,
      message: `${reason}${code === undefined ? '' : ` (${code})`}`,
    }));

/** Two lines of different batches with one number in two spellings; within one batch the gateway refuses the second. */
const sameNumber = (judged: readonly AnsweredLine[]): readonly Problem[] => {
  const first = new Map<string, AnsweredLine>();
  return judged.flatMap((one) => {
    const { key } = one.result;
    const before = key === null ? undefined : first.get(key);
    if (key !== null && before === undefined) first.set(key, one);
    if (before === undefined || one.result.result === 'refused') return [];
    const { from, item } = one.sent;
    const message = `${item.number} is declared in ${before.sent.from.file}:${String(before.sent.from.line)} already`;
    return [{ file: from.file, line: from.lines['number'] ?? from.line, field: 'number', message }];
  });
};

/** What is wrong with lines that were answered. */
export const problemsOf = (judged: readonly AnsweredLine[]): readonly Problem[] => [
  ...refusals(judged),
  ...sameNumber(judged),
];

/** Asks the gateway, batch by batch, what it would do; nothing is written. `after` hears how many lines are judged. */
export const previewOf = async (
  gateway: Gateway,
  resolved: readonly Resolved[],
  terms: Omit<Terms, 'dryRun'> & { readonly prune: PruneTerms | null },
  after: (judged: number) => void,
): Promise<Preview & { readonly problems: readonly Problem[] }> => {
  const { prune, ...rest } = terms;
  const dry = { ...rest, dryRun: true };
  const judged: Judged[] = [];
  for (const [batch, plan] of plannedBatches(resolved, terms.plans)) {
    const { results } = await sendBatch(gateway, batch, dry, plan);
    judged.push(
      ...batch.flatMap((sent, index) => (results[index] === undefined ? [] : [{ sent, result: results[index] }])),
    );
    after(judged.length);
  }
  const problems = problemsOf(judged);
  const mayPrune = prune !== null && problems.length === 0;
  return { judged, problems, pruned: mayPrune ? await sendPrune(gateway, resolved, { ...dry, prune }) : [] };
};

/** "4,990 to create, 10 to update, 0 unchanged, 3 to withdraw". */
export const previewText = (preview: Preview): string => {
  const count = (...kinds: Parameters<typeof withResult>[1][]): string => countOf(withResult(preview, ...kinds).length);
  const pruned = preview.pruned.length > 0 ? `, ${countOf(preview.pruned.length)} to withdraw` : '';
  return `${count('created')} to create, ${count('updated')} to update, ${count('unchanged')} unchanged${pruned}`;
};
