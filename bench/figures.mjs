/** What is told of one measured phase of one process: milliseconds, bytes, counts. */
export const figuresOf = (measured) => ({
  requests: Object.values(measured.requests).reduce((sum, count) => sum + count, 0),
  byEndpoint: measured.requests,
  bytes: measured.bytes,
  parsed: measured.parsed,
  cpuMs: measured.cpuMs,
  statements: measured.statements,
  heapPeak: measured.heapPeak,
  heapKept: measured.heapKept,
  externalKept: measured.externalKept,
  rssPeak: measured.rssPeak,
  loopP99Ms: measured.loopP99Ms,
  loopMaxMs: measured.loopMaxMs,
});

const whole = (value) => String(Math.round(value));
const seconds = (ms) => (ms / 1000).toFixed(2);
const megabytes = (bytes) => (bytes / 1048576).toFixed(1);

const COLUMNS = [
  ['phase', (row) => row.name],
  ['requests', (row) => whole(row.requests)],
  ['MB read', (row) => megabytes(row.bytes)],
  ['wall s', (row) => seconds(row.wallMs)],
  ['CPU s', (row) => seconds(row.cpuMs)],
  ['CPU ms of one', (row) => (row.perAnswerMs === undefined ? '' : row.perAnswerMs.toFixed(1))],
  ['bound', (row) => (row.most === undefined ? '' : whole(row.most))],
  ['SQL', (row) => whole(row.statements)],
  ['rows written', (row) => (row.rows === undefined ? '' : whole(row.rows))],
  ['heap peak MB', (row) => megabytes(row.heapPeak)],
  ['heap kept MB', (row) => megabytes(row.heapKept)],
  ['external MB', (row) => megabytes(row.externalKept)],
  ['RSS peak MB', (row) => megabytes(row.rssPeak)],
  ['loop p99 ms', (row) => whole(row.loopP99Ms)],
  ['loop max ms', (row) => whole(row.loopMaxMs)],
];

/** A table for people: one line per phase. */
export const tableOf = (rows) => aligned(rows.map((row) => COLUMNS.map(([, show]) => show(row))));

/** One per column after the name. */
const FIELDS = [
  // Of one request and its bound there is no ratio: they are a ratio and a rule.
  ...['requests', 'bytes', 'wallMs', 'cpuMs', null, null, 'statements', 'rows'],
  ...['heapPeak', 'heapKept', 'externalKept', 'rssPeak', 'loopP99Ms', 'loopMaxMs'],
];

/** The same with each figure as its share of what it was before. */
export const ratiosOf = (before, after) =>
  aligned(
    after.map((row, index) => [
      row.name,
      ...FIELDS.map((field) => {
        const ratio = field === null ? Number.NaN : row[field] / before[index]?.[field];
        return Number.isFinite(ratio) ? ratio.toFixed(2) : '';
      }),
    ]),
  );

function aligned(lines) {
  const cells = [COLUMNS.map(([head]) => head), ...lines];
  const widths = COLUMNS.map((_, column) => Math.max(...cells.map((line) => line[column].length)));
  return cells
    .map((line) => line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  '))
    .join('\n');
}
