import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..', '..');
const DASHBOARDS = join(ROOT, 'deploy', 'grafana', 'dashboards');
const OPERATIONS = join(ROOT, 'docs', 'operations');
const PICTURES = join(OPERATIONS, 'pictures');
/** GitHub draws it at once, and a clone does not grow by much when all are drawn again. */
const LARGEST = 150_000;

interface Dashboard {
  readonly title: string;
  readonly panels: readonly { readonly type: string; readonly title: string }[];
}

const ENTITIES: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"' };

/** The titles in a picture: of the dashboard, of its panels and of its rows. */
const titlesIn = (svg: string): readonly string[] =>
  [...svg.matchAll(/<text [^>]*class="[dtr]"[^>]*>([^<]*)<\/text>/g)].map(([, content = '']) =>
    content.replaceAll(/&\w+;/g, (entity) => ENTITIES[entity] ?? entity),
  );

const NAMES = readdirSync(DASHBOARDS).map((file) => file.replace('.json', ''));

it('every picture is one of a dashboard', () => {
  expect(readdirSync(PICTURES)).toEqual(NAMES.map((name) => `${name}.svg`));
});

describe.each(NAMES)('the picture of the dashboard %s (npm run pictures)', (name) => {
  const path = join(PICTURES, `${name}.svg`);
  const svg = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const dashboard = JSON.parse(readFileSync(join(DASHBOARDS, `${name}.json`), 'utf8')) as Dashboard;

  it('names the dashboard and each of its panels and rows, in their order', () => {
    const titles = dashboard.panels.map(({ type, title }) => (type === 'row' ? `⌄ ${title}` : title));
    expect(titlesIn(svg)).toEqual([dashboard.title, ...titles]);
  });

  it('shows values, and is small', () => {
    expect(svg.match(/<path [^>]*stroke-width="1.5"/g)?.length).toBeGreaterThan(10);
    expect(svg.length).toBeLessThan(LARGEST);
  });

  it('is on the page of dashboards', () => {
    expect(readFileSync(join(OPERATIONS, 'dashboards.md'), 'utf8')).toContain(`](pictures/${name}.svg)`);
  });
});
