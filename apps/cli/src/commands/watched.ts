import type { BindingDto } from '@dialtone/client';
import type { Shape } from '../output/print';
import { tableOf } from '../output/print';
import { stateOf, whyOf } from '../output/shapes';
import type { Run } from '../run';

/** What was printed of each number last. */
export type Seen = ReadonlyMap<string, { readonly digest: string; readonly row: BindingDto }>;

/** What makes a line worth printing again; ages do not. */
const digestOf = (row: BindingDto): string =>
  JSON.stringify([stateOf(row.readiness), whyOf(row), row.agent, row.generation, row.observed_generation, row.mode]);

const line = (run: Run, row: BindingDto, shape: Shape<BindingDto>, withTitles: boolean): string => {
  const columns = shape.columns.filter(({ isWide }) => run.format === 'wide' || isWide !== true);
  const titles = columns.map(({ title }) => title);
  const cells = columns.map((column) => column.of(row));
  const widths = titles.map((title, index) => Math.max(title.length, index === 0 ? 16 : 14));
  const padded = (texts: readonly string[]): readonly string[] =>
    texts.map((text, index) => text.padEnd(widths[index] ?? 0));
  const text = tableOf(padded(titles), [padded(cells)]).split('\n');
  return `${text.slice(withTitles ? 0 : 1).join('\n')}\n`;
};

/** Prints rows that are new or changed, and says which are gone. JSON is one object a line. */
export const printChanges = (run: Run, rows: readonly BindingDto[], shape: Shape<BindingDto>, seen: Seen): Seen => {
  const now = new Map(rows.map((row) => [row.key, { digest: digestOf(row), row }]));
  let isFirst = seen.size === 0;
  for (const [key, { digest, row }] of now) {
    if (seen.get(key)?.digest === digest) continue;
    if (run.format === 'json') run.print(`${JSON.stringify(row)}\n`);
    else if (run.format === 'name') run.print(`${shape.nameOf(row)}\n`);
    else run.print(line(run, row, shape, isFirst));
    isFirst = false;
  }
  for (const [key, { row }] of seen) if (!now.has(key)) run.say(`${row.phone_number} is not among them any more.`);
  return now;
};
