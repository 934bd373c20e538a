import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(__dirname, '..', '..', 'deploy', 'grafana', 'dashboards');

interface Override {
  readonly matcher: { readonly options: string };
  readonly properties: readonly { readonly value: { readonly fixedColor: string } }[];
}
interface Panel {
  readonly title: string;
  readonly type: string;
  readonly fieldConfig: { readonly defaults: { readonly noValue?: string }; readonly overrides: readonly Override[] };
  readonly transformations?: readonly { readonly options: { readonly excludeByName?: Record<string, boolean> } }[];
}

const PANELS = readdirSync(FOLDER).flatMap((file) => {
  const { panels } = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as { panels: Panel[] };
  return panels.filter(({ type }) => type !== 'row').map((panel) => ({ name: `${file}: ${panel.title}`, panel }));
});

/** The colours that a legend gets by what it means. */
const coloursOf = (legend: string, { overrides }: Panel['fieldConfig']): readonly string[] =>
  overrides
    .filter(({ matcher: { options } }) => new RegExp(options.slice(1, -1)).test(legend))
    .flatMap(({ properties }) => properties.map(({ value }) => value.fixedColor));

describe.each(PANELS)('$name', ({ panel }) => {
  it('says in words that there is nothing, and colours by meaning', () => {
    const { fieldConfig, type, transformations = [] } = panel;
    expect(fieldConfig.defaults.noValue).toBeTruthy();
    const colours = ['READY', 'NOT_READY', 'error', 'reconciler-1 error', 'ok'].map((legend) =>
      coloursOf(legend, fieldConfig),
    );
    expect(colours).toEqual(
      type === 'timeseries' ? [['green'], [], ['red'], ['red'], ['green']] : [[], [], [], [], []],
    );
    const excluded = transformations.flatMap(({ options }) => Object.keys(options.excludeByName ?? {}));
    expect(excluded.includes('__name__')).toBe(type === 'table');
  });
});
