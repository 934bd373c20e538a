import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';

const ROOT = resolve(__dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const filesIn = (folder: string): readonly string[] =>
  readdirSync(join(ROOT, folder)).map((file) => join(folder, file));
const asYaml = (path: string): unknown => parse(read(path));

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}
interface Group {
  readonly name: string;
  readonly rules: readonly Rule[];
}
interface PanelQuery {
  readonly panel: string;
  readonly expr: string;
}

const RULES = filesIn('deploy/prometheus/rules');
const groups = RULES.flatMap((file) => (asYaml(file) as { readonly groups: readonly Group[] }).groups);
const rules = groups.flatMap((group) => group.rules);
const alerts = rules.filter(({ alert }) => alert !== undefined);
const recorded = rules.flatMap(({ record }) => (record === undefined ? [] : [record]));
const DASHBOARDS = filesIn('deploy/grafana/dashboards');

const queries: readonly PanelQuery[] = DASHBOARDS.flatMap((file) => {
  const { panels } = JSON.parse(read(file)) as {
    readonly panels: readonly { readonly title: string; readonly targets?: readonly { readonly expr: string }[] }[];
  };
  return panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ panel: `${file}: ${title}`, expr })));
});

/** Series that the pages explain, and those of Node and of Prometheus itself that we use. */
const documented = new Set(
  ['docs/operations/metrics.md', 'apps/drift-notifier/README.md'].flatMap((page) =>
    [...read(page).matchAll(/^\| `([a-z_]+)`/gm)].map(([, name]) => name),
  ),
);
const NOT_OURS = /^(?:nodejs_[a-z0-9_]+|process_[a-z_]+|up|ALERTS)$/;

/** Names of series in an expression: identifiers that are neither functions, nor labels, nor keywords. */
const seriesIn = (expr: string): readonly string[] => {
  const bare = expr
    .replaceAll(/\$?\{\{?[^}]*\}\}?/g, '')
    .replaceAll(/"[^"]*"/g, '')
    .replaceAll(/\[[^\]]*\]/g, '')
    .replaceAll(/\b(?:by|without|on|ignoring|group_left|group_right) \([^)]*\)/g, '');
  const names = bare.matchAll(/[a-zA-Z_][\w:]*(?!\s*\(|[\w:])/g);
  return [...names]
    .map(([name]) => name)
    .filter((name) => !/^(?:and|or|unless|bool|offset|sum|max|min|count|topk)$/.test(name));
};

const isKnown = (name: string): boolean =>
  NOT_OURS.test(name) || recorded.includes(name) || documented.has(name.replace(/_(?:bucket|sum|count)$/, ''));
const unknownIn = (expr: string): readonly string[] => seriesIn(expr).filter((name) => !isKnown(name));

const runs = (script: string): string => {
  const { status, stderr } = spawnSync(process.execPath, [join(ROOT, script), '--check'], {
    encoding: 'utf8',
    env: {},
  });
  return status === 0 ? 'current' : stderr;
};

describe('finding series in an expression', () => {
  it('sees names, and neither functions, labels nor durations', () => {
    const expr =
      'histogram_quantile(0.9, sum by (le, route) (rate(a_bucket{job="x", state!="b_c"}[$__rate_interval]))) > 1 and on (cursor) max(c:d:ratio) or vector(0)';
    expect(seriesIn(expr)).toEqual(['a_bucket', 'c:d:ratio']);
    expect(unknownIn('sum(dialtone_no_such_thing)')).toEqual(['dialtone_no_such_thing']);
  });
});

describe('rules', () => {
  it.each(rules.map(({ alert, record, expr }) => [alert ?? record ?? '', expr] as const))(
    '%s asks only for series that exist',
    (_, expr) => {
      expect(seriesIn(expr).length).toBeGreaterThan(0);
      expect(unknownIn(expr)).toEqual([]);
    },
  );

  it('are the same for the Prometheus operator', () => {
    expect(runs('deploy/prometheus/generate.mjs')).toBe('current');
    const { spec } = asYaml('deploy/kubernetes/components/prometheus-operator/prometheus-rule.yaml') as {
      readonly spec: { readonly groups: readonly Group[] };
    };
    expect(new Set(spec.groups.map(({ name }) => name))).toEqual(new Set(groups.map(({ name }) => name)));
    expect(spec.groups.flatMap((group) => group.rules)).toHaveLength(rules.length);
  });

  it('are recorded before they are used in tests', () => {
    const order = groups.map(({ name }) => name).sort();
    for (const file of filesIn('deploy/prometheus/tests')) {
      const test = asYaml(file) as { readonly group_eval_order: readonly string[] };
      expect([file, test.group_eval_order.toSorted()]).toEqual([file, order]);
    }
  });
});

describe('alerts', () => {
  const tested = filesIn('deploy/prometheus/tests')
    .flatMap((file) => (asYaml(file) as { readonly tests: readonly TestOfRules[] }).tests)
    .flatMap((one) => one.promql_expr_test);

  it.each(alerts.map((alert) => [alert.alert ?? '', alert] as const))('%s can be acted upon', (name, alert) => {
    expect(alert.labels?.['severity']).toMatch(/^(?:critical|warning)$/);
    expect(alert.annotations?.['summary']).toMatch(/^\S.+[^.]$/);
    expect(alert.annotations?.['description']).toMatch(/^\S.+[.]$/s);
    expect(alert.annotations?.['runbook_url']).toBe(
      `{{ $externalLabels.dialtone_docs }}/operations/runbooks/${name}.md`,
    );
    const page = read(`docs/operations/runbooks/${name}.md`);
    expect(page).toMatch(new RegExp(`^# ${name}\n\n\\*\\*${alert.labels?.['severity'] ?? ''}\\*\\*: `));
    for (const heading of ['## Look', '## Do']) expect(page).toContain(`\n${heading}\n`);
  });

  it.each(alerts.map(({ alert }) => [alert ?? '']))('%s is tested firing, and not firing', (name) => {
    const own = tested.filter(({ expr }) => expr.includes(`alertname="${name}"`));
    expect(own.some(({ exp_samples: samples }) => samples.length > 0)).toBe(true);
    // One that fires for some of several things is quiet for the others.
    expect(own.some(({ exp_samples: samples, expr }) => samples.length === 0 || expr.includes('count by'))).toBe(true);
  });

  it('have one page each, and the list of pages is complete', () => {
    const names = alerts.map(({ alert }) => `${alert ?? ''}.md`).sort();
    const pages = readdirSync(join(ROOT, 'docs/operations/runbooks')).filter((file) => file !== 'README.md');
    expect(pages.sort()).toEqual(names);
    const listed = [...read('docs/operations/runbooks/README.md').matchAll(/\]\((\w+\.md)\) +\| (\w+)/g)];
    expect(new Set(listed.map(([, file]) => file))).toEqual(new Set(names));
    const severity = new Map(alerts.map(({ alert, labels }) => [`${alert ?? ''}.md`, labels?.['severity']]));
    for (const [, file = '', said] of listed) expect([file, said]).toEqual([file, severity.get(file)]);
  });
});

interface TestOfRules {
  readonly promql_expr_test: readonly { readonly expr: string; readonly exp_samples: readonly unknown[] }[];
}

describe('dashboards', () => {
  it('are what deploy/grafana/src makes', () => {
    expect(runs('deploy/grafana/generate.mjs')).toBe('current');
  });

  it.each(queries.map(({ panel, expr }) => [panel, expr] as const))('%s asks only for series that exist', (_, expr) => {
    expect(seriesIn(expr).length).toBeGreaterThan(0);
    expect(unknownIn(expr)).toEqual([]);
  });

  it('have names and places of their own', () => {
    const all = DASHBOARDS.map((file) => JSON.parse(read(file)) as { readonly uid: string; readonly title: string });
    expect(new Set(all.map(({ uid }) => uid)).size).toBe(all.length);
    expect(all.every(({ title }) => title.startsWith('Dialtone: '))).toBe(true);
  });
});

/** A label of Prometheus and the two database roles, which have names as series have. */
const NO_SERIES = ['dialtone_docs', 'dialtone_owner', 'dialtone_app'];

describe('the pages for operators', () => {
  const pages = [
    ...filesIn('docs/operations').filter((file) => file.endsWith('.md')),
    ...filesIn('docs/operations/runbooks'),
  ];

  it.each(pages)('%s leads only to what is there', (page) => {
    const targets = [...read(page).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, target = '']) => target);
    expect(targets.filter((target) => !existsSync(join(ROOT, dirname(page), target)))).toEqual([]);
  });

  it.each(pages)('%s names only series that exist', (page) => {
    const named = [
      ...read(page).matchAll(/\b(?:dialtone|http|workqueue|controller_runtime)[_:][a-z][a-z0-9_:]*\b(?!\*)/g),
    ];
    const known = (name: string): boolean => isKnown(name) || NO_SERIES.includes(name) || name.endsWith('_');
    expect(named.map(([name]) => name).filter((name) => !known(name))).toEqual([]);
  });

  it.each(pages)('%s names only requests that the API takes', (page) => {
    const { paths } = JSON.parse(read('docs/api/openapi.json')) as { readonly paths: Readonly<Record<string, object>> };
    const routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const shapes = new Set(routes.map((route) => route.replaceAll(/\{[^}]*\}/g, '{}')));
    const named = [...read(page).matchAll(/\b(GET|PUT|POST|PATCH|DELETE) (\/api\/[^\s`?]+)/g)];
    const shapeOf = (path: string): string =>
      path.replaceAll(/\{[^}]*\}/g, '{}').replace('telephony/voicelink', 'telephony/{}');
    const missing = named
      .map(([, method = '', path = '']) => `${method} ${shapeOf(path)}`)
      .filter((one) => !shapes.has(one));
    expect(missing).toEqual([]);
  });
});
