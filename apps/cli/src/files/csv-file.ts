import { CsvError, parse, type Info } from 'csv-parse/sync';
import type { Content, Entry, Problem } from './places';

/** Columns `label.team` and `labels` (`team=sales,region=north`) become one field. */
const LABEL = /^labels?\.(.+)$/;
const LABELS = 'labels';

interface Row {
  readonly record: readonly string[];
  readonly info: Info;
}

const delimiterOf = (text: string): string => {
  const header = text.split('\n', 1)[0] ?? '';
  return !header.includes(',') && header.includes(';') ? ';' : ',';
};

const labelsOf = (cell: string): unknown => {
  const parts = cell.split(',').map((part) => part.trim().split('='));
  // What is no list of labels stays as it is, and is refused by its type.
  if (parts.some((part) => part.length !== 2)) return cell;
  return Object.fromEntries(parts as [string, string][]);
};

const DIGITS = /^\d{1,15}$/;

const valueOf = (column: string, cell: string): unknown => {
  if (column === LABELS) return labelsOf(cell);
  return column === 'client_id' && DIGITS.test(cell) ? Number(cell) : cell;
};

const entryOf = (file: string, line: number, columns: readonly string[], record: readonly string[]): Entry => {
  const fields: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  const labels: Record<string, string> = {};
  for (const [index, column] of columns.entries()) {
    const cell = (record[index] ?? '').trim();
    const label = LABEL.exec(column)?.[1];
    if (cell === '') continue;
    if (label === undefined) fields[column] = valueOf(column, cell);
    else labels[label] = cell;
  }
  if (Object.keys(labels).length > 0)
    fields[LABELS] = { ...labels, ...(typeof fields[LABELS] === 'object' ? fields[LABELS] : {}) };
  return { file, line, fields, lines: Object.fromEntries(Object.keys(fields).map((name) => [name, line])) };
};

const rowsOf = (text: string): readonly Row[] =>
  parse(text, {
    bom: true,
    delimiter: delimiterOf(text),
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
  }) as unknown as readonly Row[];

const problemOf = (file: string, error: unknown): Problem => {
  if (!(error instanceof CsvError)) throw error;
  const line = Number(error['lines'] ?? 1);
  return { file, line, field: null, message: error.message.replace(/ at line \d+/, '') };
};

/** RFC 4180 with a header; a semicolon is taken too where the header has no comma. Empty cells say nothing. */
export const readCsv = (file: string, text: string): Content => {
  const problems: Problem[] = [];
  try {
    const [header, ...rows] = rowsOf(text);
    if (header === undefined) return { entries: [], problems };
    const columns = header.record.map((name) => name.trim());
    const twice = columns.find((name, index) => columns.indexOf(name) !== index);
    if (twice !== undefined) problems.push({ file, line: 1, field: twice, message: 'is there twice' });
    const entries = rows.flatMap(({ record, info }, index) => {
      // `lines` is where the row ends; a quoted cell may have begun it earlier.
      const line = (rows[index - 1]?.info.lines ?? header.info.lines) + 1;
      if (record.length === columns.length) return [entryOf(file, Math.min(line, info.lines), columns, record)];
      const message = `has ${String(record.length)} cells, and the header ${String(columns.length)}`;
      problems.push({ file, line: Math.min(line, info.lines), field: null, message });
      return [];
    });
    return { entries, problems };
  } catch (error) {
    return { entries: [], problems: [...problems, problemOf(file, error)] };
  }
};
