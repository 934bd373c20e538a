import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';

const PROMETHEUS = resolve(__dirname, '../../deploy/prometheus');
const read = (path: string): unknown => parse(readFileSync(join(PROMETHEUS, path), 'utf8'));

const { groups } = read('rules/dialtone.alerts.yml') as {
  readonly groups: readonly { readonly rules: readonly { readonly alert?: string }[] }[];
};
const alerts = groups.flatMap(({ rules }) => rules).flatMap(({ alert }) => (alert === undefined ? [] : [alert]));

interface Route {
  readonly receiver: string;
  readonly matchers?: readonly string[];
  readonly routes?: readonly Route[];
}
const example = read('examples/alertmanager.yml') as {
  readonly route: Route;
  readonly inhibit_rules: readonly {
    readonly source_matchers: readonly string[];
    readonly target_matchers: readonly string[];
    readonly equal: readonly string[];
  }[];
  readonly receivers: readonly { readonly name: string }[];
};

const matches = (matcher: string, name: string): boolean => {
  const [, operator = '', value = ''] = /^alertname (=~?|!=) "?([^"]+)"?$/.exec(matcher) ?? [];
  if (operator === '') throw new Error(`${matcher} is no matcher of names.`);
  if (operator === '=~') return new RegExp(`^(?:${value})$`).test(name);
  return operator === '=' ? value === name : value !== name;
};
const matched = (matchers: readonly string[]): readonly string[] =>
  alerts.filter((name) => matchers.every((matcher) => matches(matcher, name)));

/** Every name that an expression of names holds, each alternative alone. */
const namedIn = (matchers: readonly string[]): readonly string[] =>
  matchers.flatMap((matcher) => matcher.match(/Dialtone\w+(?:\([\w|]+\)\w*)?/g) ?? []);

describe('the example of Alertmanager', () => {
  it.each(example.inhibit_rules)('holds back $target_matchers for alerts that exist', (rule) => {
    for (const matchers of [rule.source_matchers, rule.target_matchers]) {
      expect(matched(matchers)).not.toEqual([]);
      for (const name of namedIn(matchers))
        expect(alerts.filter((one) => new RegExp(`^${name}$`).test(one))).not.toEqual([]);
    }
    // Nothing silences itself, and no environment another.
    const own = matched(rule.source_matchers);
    expect(matched(rule.target_matchers).filter((name) => own.includes(name))).toEqual([]);
    expect(rule.equal).toEqual(['namespace']);
  });

  it('sends to receivers that it has', () => {
    const used = [example.route, ...(example.route.routes ?? [])].map(({ receiver }) => receiver);
    expect(new Set(example.receivers.map(({ name }) => name))).toEqual(new Set(used));
  });
});
