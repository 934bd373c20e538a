import { THEME } from './colours.mjs';
import { cut, element, text } from './svg.mjs';
import { written } from './units.mjs';

const LINE = 26;
const SIZE = 12;

/** Rows of all queries, those with the same labels as one; a value is called after its query where there are several. */
function rowsOf(answers) {
  const rows = new Map();
  answers.forEach(({ series }, query) => {
    const column = answers.length === 1 ? 'Value' : `Value #${String.fromCharCode(65 + query)}`;
    for (const { metric, value } of series) {
      const labels = Object.fromEntries(Object.entries(metric).filter(([label]) => label !== '__name__'));
      const key = JSON.stringify(labels);
      rows.set(key, { ...(rows.get(key) ?? labels), [column]: Number(value[1]) });
    }
  });
  return [...rows.values()];
}

const isValue = (column) => column.startsWith('Value');

/** Labels in the order of their names, then the values, as Prometheus' data source gives them. */
const columnsOf = (rows, excluded) => {
  const all = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((column) => excluded[column] !== true);
  return [...all.filter((column) => !isValue(column)).sort(), ...all.filter(isValue).sort()];
};

/** What is true now, a row for each series. */
export function table({ fieldConfig: { defaults }, transformations }, answers, { width, height }) {
  const { excludeByName, renameByName } = transformations.find(({ id }) => id === 'organize').options;
  const rows = rowsOf(answers);
  if (rows.length === 0) {
    return text([width / 2, height / 2], defaults.noValue, { class: 'n', 'text-anchor': 'middle' });
  }
  const columns = columnsOf(rows, excludeByName);
  const each = width / columns.length;
  const cell = (content, [column, row], attributes) =>
    text([column * each + 8, row * LINE + 17], cut(content, { width: each - 16, size: SIZE }), attributes);
  const under = (row) =>
    element('path', { d: `M0,${(row + 1) * LINE}H${width}`, stroke: row === 0 ? THEME.weak : THEME.border });
  const fits = rows.slice(0, Math.floor(height / LINE) - 1);
  const head = columns.map((column, at) => cell(renameByName[column] ?? column, [at, 0], { class: 'h' }));
  const body = fits.flatMap((row, index) => [
    ...columns.map((column, at) => {
      const value = row[column] ?? '';
      return cell(typeof value === 'number' ? written(value, defaults) : value, [at, index + 1], { class: 'c' });
    }),
    under(index + 1),
  ]);
  return [...head, under(0), ...body].join('');
}
