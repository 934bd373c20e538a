import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';

const ROOT = resolve(__dirname, '..', '..');
const FOLDER = join(ROOT, 'deploy', 'grafana', 'dashboards');

interface Override {
  readonly matcher: { readonly options: string };
  readonly properties: readonly { readonly value: { readonly fixedColor: string } }[];
}
interface Target {
  readonly expr: string;
  readonly legendFormat: string;
  readonly instant?: boolean;
}
interface Panel {
  readonly title: string;
  readonly type: string;
  readonly description: string;
  readonly links: readonly { readonly title: string; readonly url: string }[];
  readonly targets: readonly Target[];
  readonly fieldConfig: { readonly defaults: { readonly noValue?: string }; readonly overrides: readonly Override[] };
  readonly transformations?: readonly {
    readonly options: {
      readonly excludeByName?: Record<string, boolean>;
      readonly renameByName?: Record<string, string>;
    };
  }[];
}
interface Variable {
  readonly name: string;
  readonly query: unknown;
  readonly allValue?: string;
}
interface Dashboard {
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
}

const DASHBOARDS = readdirSync(FOLDER).map((file) => ({
  file,
  dashboard: JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Dashboard,
}));
const PANELS = DASHBOARDS.flatMap(({ file, dashboard: { panels } }) =>
  panels.filter(({ type }) => type !== 'row').map((panel) => ({ name: `${file}: ${panel.title}`, panel })),
);

/** The colours that a legend gets by what it means. */
const coloursOf = (legend: string, { overrides }: Panel['fieldConfig']): readonly string[] =>
  overrides
    .filter(({ matcher: { options } }) => new RegExp(options.slice(1, -1)).test(legend))
    .flatMap(({ properties }) => properties.map(({ value }) => value.fixedColor));

const COLOURED: readonly (readonly [legend: string, colours: readonly string[]])[] = [
  ['READY', ['green']],
  ['NOT_READY', []],
  ['error', ['red']],
  ['reconciler-1 error', ['red']],
  ['ok', ['green']],
  ['unknown', ['orange']],
  ['200', ['green']],
  ['404', ['orange']],
  ['503', ['red']],
  ['GET /a 503', []],
];

/** Names of series in an expression, with their matchers. */
const selectorsIn = (expr: string): readonly string[] =>
  [
    ...expr
      .replaceAll(/\[[^\]]*\]/g, '')
      .replaceAll(/\b(?:by|without|on|ignoring) \([^)]*\)/g, '')
      .matchAll(/\b[a-zA-Z_][\w:]*(?:\{[^}]*\})?(?!\s*\(|[\w:])/g),
  ]
    .map(([selector]) => selector)
    .filter((selector) => !/^(?:and|or|unless|sum|min|max|count|topk)$/.test(selector));

const ALERTS = new Set(
  (
    parse(readFileSync(join(ROOT, 'deploy/prometheus/rules/dialtone.alerts.yml'), 'utf8')) as {
      readonly groups: readonly { readonly rules: readonly { readonly alert: string }[] }[];
    }
  ).groups.flatMap(({ rules }) => rules.map(({ alert }) => alert)),
);

const pathOf = (url: string): string => url.replace('${docs}', join(ROOT, 'docs'));

/** What tells how many numbers are how, or for how long. */
const ABOUT_NUMBERS =
  /dialtone:dids:|declared_dids_ready|drift|dids_stale|unready|numbers_contested|advisories|time_to_ready/;

describe.each(PANELS)('$name', ({ panel }) => {
  it('says in words that there is nothing, and colours by meaning', () => {
    const { fieldConfig, type, transformations = [] } = panel;
    expect(fieldConfig.defaults.noValue).toBeTruthy();
    const colours = COLOURED.map(([legend]) => [legend, coloursOf(legend, fieldConfig)]);
    expect(colours).toEqual(COLOURED.map(([legend, wanted]) => [legend, type === 'timeseries' ? wanted : []]));
    const excluded = transformations.flatMap(({ options }) => Object.keys(options.excludeByName ?? {}));
    expect(excluded.includes('__name__')).toBe(type === 'table');
  });

  it('says what it shows, in a sentence', () => {
    expect(panel.description).toMatch(/^\S.+[.]$/);
  });

  it('leads to the runbooks of its alerts and to what its series mean', () => {
    const { links } = panel;
    expect(links.filter(({ title, url }) => title === '' || !existsSync(pathOf(url)))).toEqual([]);
    expect(links.at(-1)?.url).toBe('${docs}/operations/metrics.md');
    const runbooks = links.flatMap(({ title }) => /^Runbook: (.*)$/.exec(title)?.slice(1) ?? []);
    expect(runbooks.filter((name) => name !== 'README' && !ALERTS.has(name))).toEqual([]);
  });

  it('leads to the history of a number when it counts numbers', () => {
    if (!panel.targets.some(({ expr }) => ABOUT_NUMBERS.test(expr))) return;
    const history = panel.links.filter(({ url }) => url.endsWith('/number-history.md'));
    const isBudget = /budget/.test(panel.title);
    expect(history.length === 1 || isBudget).toBe(true);
  });

  it('has a legend for each line, and a name for each column', () => {
    for (const { expr, legendFormat } of panel.targets) {
      expect(legendFormat).toMatch(/^(?!__auto)\S/);
      // A zero without labels would leave the legend empty.
      expect(expr.includes('vector(0)') && legendFormat.includes('{{')).toBe(false);
    }
    if (panel.type !== 'table') return;
    const names = panel.transformations?.flatMap(({ options }) => Object.keys(options.renameByName ?? {}));
    expect(names).toContain('Value');
  });

  it('asks for the chosen namespaces alone', () => {
    for (const { expr } of panel.targets) {
      const selectors = selectorsIn(expr);
      expect(selectors.length).toBeGreaterThan(0);
      expect(selectors.filter((selector) => !selector.includes('namespace=~"$namespace"'))).toEqual([]);
    }
  });

  it('divides an error budget by thirty days, whatever there is of them', () => {
    if (!/budget left/i.test(panel.title)) return;
    for (const { expr, instant } of panel.targets) {
      expect(expr).toMatch(/count_over_time\([^[]+\[30d:1m\]\) \/ 43200 \/ 0\.0+1\)$/);
      expect(instant).toBe(true);
    }
  });
});

describe.each(DASHBOARDS)('$file', ({ dashboard }) => {
  it('has the schema of the Grafana that compose names', () => {
    const compose = parse(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
      readonly services: { readonly grafana: { readonly image: string } };
    };
    expect([compose.services.grafana.image, dashboard.schemaVersion]).toEqual(['grafana/grafana:12.1.0', 41]);
  });

  it('lets choose namespaces, all of them where there are none, and where the documentation is', () => {
    const { list } = dashboard.templating;
    expect(list.find(({ name }) => name === 'namespace')?.allValue).toBe('.*');
    expect(list.find(({ name }) => name === 'docs')?.query).toBe('http://127.0.0.1:9465/docs');
  });
});
