import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createMetrics } from './operations/metrics';
import { ReceiverFields } from './settings/receiver-fields';
import { parseReceivers } from './settings/receivers';
import { Settings, SETTING_NAMES } from './settings/settings';

const APP = resolve(__dirname, '..');
const readme = readFileSync(join(APP, 'README.md'), 'utf8');

/** First and second column of the table of a heading. */
const tableOf = (heading: string): readonly (readonly [name: string, second: string])[] => {
  const section = readme.slice(readme.indexOf(`\n## ${heading}\n`)).split('\n## ')[1] ?? '';
  return [...section.matchAll(/^\| `(\w+)` +\| (.*?) *\|/gm)].map(([, name = '', second = '']) => [name, second]);
};
const shown = (value: unknown): string => {
  if (Array.isArray(value)) return `\`[${value.join(', ')}]\``;
  return ['string', 'number', 'boolean'].includes(typeof value) && value !== '' ? `\`${value as string}\`` : '';
};

describe('README.md', () => {
  it('has each variable, with its default', () => {
    const defaults = new Settings() as unknown as Readonly<Record<string, unknown>>;
    const documented = tableOf('Variables');
    expect(documented.map(([name]) => name).sort()).toEqual([...SETTING_NAMES].sort());
    for (const [name, told] of documented)
      expect([name, told.replace(/^none$/, '')]).toEqual([name, shown(defaults[name])]);
  });

  it('has each field of a receiver, with its default', () => {
    const defaults = new ReceiverFields() as unknown as Readonly<Record<string, unknown>>;
    const source = readFileSync(join(APP, 'src/settings/receiver-fields.ts'), 'utf8');
    const own = source.slice(source.indexOf('class ReceiverFields'), source.indexOf('class FileFields'));
    const fields = [...own.matchAll(/^ {2}(\w+)(?:[!?]?:| = )/gm)].map(([, name = '']) => name);
    const documented = tableOf('Receivers');
    expect(documented.map(([name]) => name).sort()).toEqual([...fields].sort());
    for (const [name, told] of documented) {
      const wanted = Array.isArray(defaults[name]) && defaults[name].length === 0 ? 'all' : shown(defaults[name]);
      expect([name, told.replace(/^none$/, '')]).toEqual([name, wanted]);
    }
  });

  it('has each series', () => {
    const { registry } = createMetrics(() => Promise.resolve(null));
    const series = registry.getMetricsAsArray().filter(({ name }) => name.startsWith('drift_notifier_'));
    expect(
      tableOf('Metrics')
        .map(([name]) => name)
        .sort(),
    ).toEqual(series.map(({ name }) => name).sort());
  });

  it('has an example of receivers that is read', () => {
    const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(readme) ?? [];
    expect(parseReceivers(yaml).receivers.map(({ channel }) => channel)).toEqual(['slack', 'teams', 'webhook']);
  });
});

describe('the sources', () => {
  const contracts = resolve(APP, '../../libs/contracts/src');
  const exportsOf = (file: string): readonly string[] => {
    const text = readFileSync(join(contracts, `${file}.ts`), 'utf8');
    const own = [...text.matchAll(/^export (?:const|type|interface|class) (\w+)/gm)].map(([, name = '']) => name);
    const named = [...text.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, list = '']) =>
      list.split(',').map((name) => name.replace('type ', '').trim()),
    );
    const all = [...text.matchAll(/^export \* from '.\/([\w-]+)'/gm)].flatMap(([, other = '']) => exportsOf(other));
    return [...own, ...named, ...all];
  };

  it('import of the contracts what the package exports', () => {
    const published = new Set(exportsOf('published'));
    const sources = readdirSync(join(APP, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('spec.ts'))
      .map((path) => readFileSync(join(APP, 'src', path), 'utf8'));
    const imported = sources
      .flatMap((text) => [...text.matchAll(/import (?:type )?\{([^}]*)\} from '@dialtone\/contracts'/g)])
      .flatMap(([, list = '']) => list.split(',').map((name) => name.replace('type ', '').trim()));
    expect(imported).toContain('parseEvent');
    expect(imported.filter((name) => name !== '' && !published.has(name))).toEqual([]);
  });
});
