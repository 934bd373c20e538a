import { colours } from './colours.mjs';
import { DOCS, linksOf } from './links.mjs';
import { inNamespace } from './namespaces.mjs';

/** The few kinds of panels that the dashboards are made of. Grafana fills in everything that is not said here. */
const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };

const targetsOf = (title, queries) =>
  queries.map(([expr, legendFormat = title], index) => ({
    refId: String.fromCharCode(65 + index),
    datasource: DATASOURCE,
    expr: inNamespace(expr),
    legendFormat,
  }));

const panel = (type, title, { queries, description, unit = 'short', width = 8, height = 8, ...rest }) => ({
  type,
  title,
  description,
  links: linksOf(rest),
  datasource: DATASOURCE,
  targets: targetsOf(title, queries),
  fieldConfig: {
    // An empty panel says so in words: most often it is good news.
    defaults: { unit, noValue: rest.noValue ?? 'nothing', ...rest.defaults },
    overrides: type === 'timeseries' ? colours : [],
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

/** One number now. `steps`: its colours. `instant`: it is asked for now alone, because it looks back over a long time. */
export const number = (
  title,
  {
    steps = [
      [null, 'green'],
      [1, 'red'],
    ],
    instant = false,
    ...options
  },
) => {
  const made = panel('stat', title, {
    width: 4,
    height: 4,
    ...options,
    defaults: { ...thresholds(steps), ...options.defaults },
    options: {
      colorMode: 'background',
      graphMode: instant ? 'none' : 'area',
      reduceOptions: { calcs: ['lastNotNull'] },
    },
  });
  return instant ? { ...made, targets: made.targets.map((target) => ({ ...target, instant })) } : made;
};

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

/** Where there is no such label, All finds everything. */
const chooseNamespace = {
  ...variable('namespace', { label: 'Namespace', query: 'label_values(dialtone_build_info, namespace)' }),
  includeAll: true,
  multi: true,
  allValue: '.*',
  current: { text: ['All'], value: ['$__all'] },
};

const chooseDocs = {
  name: 'docs',
  label: 'Documentation',
  type: 'textbox',
  query: DOCS,
  current: { text: DOCS, value: DOCS },
};

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
  // That of Grafana 12.1.
  schemaVersion: 41,
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
  templating: { list: [chooseDatasource, chooseNamespace, ...variables, chooseDocs] },
  annotations: {
    list: [
      {
        name: 'Deployments',
        datasource: DATASOURCE,
        enable: true,
        iconColor: 'blue',
        expr: inNamespace('changes(process_start_time_seconds{job=~"dialtone-.+"}[1m]) > 0'),
        titleFormat: '{{job}} started',
      },
    ],
  },
  panels: placed(panels),
});
