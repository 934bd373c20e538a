import Table from 'cli-table3';
import { stringify } from 'yaml';
import { Failure } from '../failure';
import { shown } from './texts';

export const FORMATS = ['table', 'wide', 'json', 'yaml', 'name', 'csv'] as const;
export type Format = (typeof FORMATS)[number];

export const formatOf = (text: string): Format => {
  const format = FORMATS.find((name) => name === text);
  if (format !== undefined) return format;
  throw new Failure(`There is no output "${text}": take one of ${FORMATS.join(', ')}.`);
};

/** What a kind of row is called, and what a table shows of it. */
export interface Shape<Row> {
  readonly nameOf: (row: Row) => string;
  readonly columns: readonly Column<Row>[];
}

export interface Column<Row> {
  readonly title: string;
  readonly of: (row: Row) => string;
  readonly isWide?: boolean;
}

const NO_LINES = Object.fromEntries(
  (
    'top top-mid top-left top-right bottom bottom-mid bottom-left bottom-right ' +
    'left left-mid mid mid-mid right right-mid'
  )
    .split(' ')
    .map((part) => [part, '']),
);

/** Columns two spaces apart, without lines: `awk` reads it as people do. */
export const tableOf = (titles: readonly string[], rows: readonly (readonly string[])[]): string => {
  const table = new Table({
    head: [...titles],
    chars: { ...NO_LINES, middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...rows.map((row) => row.map((cell) => shown(cell))));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
};

const listOf = <Row>(rows: readonly Row[], shape: Shape<Row>, isWide: boolean): string => {
  const columns = shape.columns.filter((column) => isWide || column.isWide !== true);
  return tableOf(
    columns.map(({ title }) => title),
    rows.map((row) => columns.map((column) => column.of(row))),
  );
};

/** JSON and YAML are the fields of the API unchanged: a list of rows. An empty table is one line to standard error instead. */
export const printed = <Row>(rows: readonly Row[], shape: Shape<Row>, format: Format): string => {
  switch (format) {
    case 'json':
      return `${JSON.stringify(rows, null, 2)}\n`;
    case 'yaml':
      return stringify(rows);
    case 'name':
      return rows.map((row) => `${shape.nameOf(row)}\n`).join('');
    case 'csv':
      throw new Failure('Only export writes csv: take json.');
    case 'table':
    case 'wide':
      return rows.length === 0 ? '' : `${listOf(rows, shape, format === 'wide')}\n`;
  }
};

/** The same of a single thing, which is no list. */
export const printedOne = <Row>(row: Row, shape: Shape<Row>, format: Format): string => {
  if (format === 'json') return `${JSON.stringify(row, null, 2)}\n`;
  return format === 'yaml' ? stringify(row) : printed([row], shape, format);
};
