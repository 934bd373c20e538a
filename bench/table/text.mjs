export const HEADS = ['work', 'figure', 'measured', 'least – most', '÷ parse', 'target', 'verdict'];

/** Three figures that count, and no more. */
export function shortNumber(value) {
  if (Math.abs(value) >= 100 || Number.isInteger(value)) return Math.round(value).toLocaleString('en-US');
  return value.toPrecision(3);
}

const VERDICTS = new Map([
  [true, 'met'],
  [false, 'NOT MET'],
  [null, ''],
]);

/** What a row shows, column by column; the work only where it differs from that of the row above. */
export function cellsOf(row, above) {
  const unit = row.unit === '' ? '' : ` ${row.unit}`;
  const spread = row.times > 1 ? `${shortNumber(row.least)} – ${shortNumber(row.most)}` : '';
  return [
    row.work === above?.work ? '' : row.work,
    row.figure,
    row.median === null ? 'not measured' : `${shortNumber(row.median)}${unit}`,
    spread,
    row.perParse === null ? '' : shortNumber(row.perParse),
    row.target === null ? '' : row.target.includes('parse') ? row.target : `${row.target}${unit}`,
    VERDICTS.get(row.met),
  ];
}

/** The table for people, notes below. */
export function textOf(rows) {
  const lines = [HEADS, ...rows.map((row, index) => cellsOf(row, rows[index - 1]))];
  const widths = HEADS.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const text = lines.map((line) =>
    line.map((cell, i) => (i < 2 || i > 4 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  '),
  );
  const notes = rows.filter(({ note }) => note !== null).map(({ work, figure, note }) => `${work}, ${figure}: ${note}`);
  return [...text.map((line) => line.trimEnd()), '', ...notes].join('\n').trimEnd();
}
