/** The few kinds of panels that the dashboards are made of. Grafana fills in everything that is not said here. */
const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };

const targetsOf = (queries) =>
  queries.map(([expr, legendFormat = '__auto'], index) => ({
    refId: String.fromCharCode(65 + index),
    datasource: DATASOURCE,
    expr,
    legendFormat,
  }));

/** Colours mean the same on every panel: by the order of names, READY would be yellow and an error green. */
const MEANINGS = [
  ['green', 'READY|ok|success|done|settled|applied|complete|2xx'],
  ['red', 'error|failed|unavailable|unauthorized|DLQ|5xx'],
  ['orange', 'unknown|UNKNOWN|retry|incomplete|held|stale|rate_limited'],
];
const colours = MEANINGS.map(([fixedColor, words]) => ({
  matcher: { id: 'byRegexp', options: `/(^|\\s)(${words})$/` },
  properties: [{ id: 'color', value: { mode: 'fixed', fixedColor } }],
}));

const panel = (type, title, { queries, description = '', unit = 'short', width = 8, height = 8, ...rest }) => ({
  type,
  title,
  description,
  datasource: DATASOURCE,
  targets: targetsOf(queries),
  fieldConfig: {
    // An empty panel says so in words: most often it is good news.
    defaults: { unit, noValue: 'nothing', ...rest.defaults },
    overrides: rest.overrides ?? (type === 'timeseries' ? colours : []),
  },
  options: rest.options ?? {},
  size: { w: width, h: height },
});

/** Steps of colour: `[[null, 'green'], [0.01, 'red']]`, each from its value on. */
const thresholds = (steps) => ({
  thresholds: { mode: 'absolute', steps: steps.map(([value, color]) => ({ value, color })) },
});

/** Lines over time. `stacked`: areas that add up. `limit`: a dashed line at an objective. */
export const lines = (title, { stacked = false, limit, ...options }) =>
  panel('timeseries', title, {
    ...options,
    defaults: {
      min: 0,
      custom: {
        fillOpacity: stacked ? 30 : 5,
        stacking: { mode: stacked ? 'normal' : 'none' },
        ...(limit === undefined ? {} : { thresholdsStyle: { mode: 'dashed' } }),
      },
      ...(limit === undefined
        ? {}
        : thresholds([
            [null, 'transparent'],
            [limit, 'red'],
          ])),
      ...options.defaults,
    },
    options: {
      legend: { displayMode: 'list', placement: 'bottom' },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  });

/** One number now. `steps`: its colours. */
export const number = (
  title,
  {
    steps = [
      [null, 'green'],
      [1, 'red'],
    ],
    ...options
  },
) =>
  panel('stat', title, {
    width: 4,
    height: 4,
    ...options,
    defaults: { ...thresholds(steps), ...options.defaults },
    options: { colorMode: 'background', graphMode: 'area', reduceOptions: { calcs: ['lastNotNull'] } },
  });

/** What is true now, a row for each series. */
export const table = (title, { columns = {}, ...options }) => {
  const made = panel('table', title, options);
  return {
    ...made,
    targets: made.targets.map((target) => ({ ...target, instant: true, format: 'table' })),
    transformations: [
      { id: 'merge', options: {} },
      { id: 'organize', options: { excludeByName: { Time: true, __name__: true }, renameByName: columns } },
    ],
  };
};

/** A heading over the panels that follow. */
export const row = (title) => ({ type: 'row', title, size: { w: 24, h: 1 }, collapsed: false, panels: [] });

const COLUMNS = 24;

/** Puts panels side by side, from left to right and from top to bottom. */
const placed = (panels) => {
  let [x, y, tallest] = [0, 0, 0];
  return panels.map(({ size: { w, h }, ...rest }, index) => {
    if (x + w > COLUMNS) [x, y, tallest] = [0, y + tallest, 0];
    const gridPos = { x, y, w, h };
    x += w;
    tallest = Math.max(tallest, h);
    return { id: index + 1, ...rest, gridPos };
  });
};

/** A template variable that Prometheus fills. */
export const variable = (name, { label, query }) => ({
  name,
  label,
  type: 'query',
  datasource: DATASOURCE,
  query: { query, refId: name },
  refresh: 2,
  sort: 1,
});

const chooseDatasource = {
  name: 'datasource',
  label: 'Prometheus',
  type: 'datasource',
  query: 'prometheus',
  current: { text: 'Prometheus', value: 'prometheus' },
};

export const dashboard = ({ uid, title, description, variables = [], panels }) => ({
  uid,
  title,
  description,
  tags: ['dialtone'],
  schemaVersion: 39,
  editable: false,
  graphTooltip: 1,
  refresh: '30s',
  time: { from: 'now-6h', to: 'now' },
  timezone: 'browser',
  links: [
    {
      type: 'dashboards',
      title: 'Dialtone',
      tags: ['dialtone'],
      asDropdown: true,
      includeVars: true,
      keepTime: true,
    },
  ],
  templating: { list: [chooseDatasource, ...variables] },
  annotations: {
    list: [
      {
        name: 'Deployments',
        datasource: DATASOURCE,
        enable: true,
        iconColor: 'blue',
        expr: 'changes(process_start_time_seconds{job=~"dialtone-.+"}[1m]) > 0',
        titleFormat: '{{job}} started',
      },
    ],
  },
  panels: placed(panels),
});
