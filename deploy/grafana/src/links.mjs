/** Where the docs folder can be read; the variable `docs` of each dashboard. The metrics port of both apps serves it. */
export const DOCS = 'http://127.0.0.1:9465/docs';

const link = (title, path) => ({ title, url: `\${docs}/${path}`, targetBlank: true });

/**
 * What a panel leads to: the pages of its alerts, how the history of a number is read when it counts numbers, and what its
 * series mean.
 */
export const linksOf = ({ alerts = [], numbers = false }) => [
  ...alerts.map((alert) => link(`Runbook: ${alert}`, `operations/runbooks/${alert}.md`)),
  ...(numbers ? [link('The history of a number', 'operations/number-history.md')] : []),
  link('What the series mean', 'operations/metrics.md'),
];
