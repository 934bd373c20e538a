/** Colours mean the same on every panel: by the order of names, READY would be yellow and an error green. */
const MEANINGS = [
  ['green', '(^|\\s)(READY|ok|success|done|settled|applied|complete|completed|accepted|triggered|heard)$'],
  ['red', '(^|\\s)(error|failed|unavailable|unauthorized|refused|lost|dead_lettered|open)$'],
  [
    'orange',
    '(^|\\s)(unknown|UNKNOWN|retry|stalled|incomplete|held|stale|rate_limited|half_open|not_applied|needs a person)$',
  ],
  // A status that stands alone; beside a route it would give all routes one colour.
  ['green', '^2\\d\\d$'],
  ['blue', '^3\\d\\d$'],
  ['orange', '^4\\d\\d$'],
  ['red', '^5\\d\\d$'],
];

export const colours = MEANINGS.map(([fixedColor, pattern]) => ({
  matcher: { id: 'byRegexp', options: `/${pattern}/` },
  properties: [{ id: 'color', value: { mode: 'fixed', fixedColor } }],
}));
