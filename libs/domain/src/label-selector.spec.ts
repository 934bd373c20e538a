import fc from 'fast-check';
import { parseLabelSelector, selectsLabels, type LabelSelector } from './label-selector';
import type { Labels } from './labels';

const selects = (text: string, labels: Labels): boolean | null => {
  const selector = parseLabelSelector(text);
  return selector === null ? null : selectsLabels(selector, labels);
};

describe('a label selector', () => {
  const sales = { team: 'sales', region: 'north', retired: '' };

  it.each<{ readonly text: string; readonly want: boolean }>([
    { text: 'team=sales', want: true },
    { text: 'team==sales', want: true },
    { text: ' team = sales ', want: true },
    { text: 'team=support', want: false },
    { text: 'team!=support', want: true },
    { text: 'team!=sales', want: false },
    { text: 'tier!=test', want: true },
    { text: 'tier=test', want: false },
    { text: 'region in (north,south)', want: true },
    { text: 'region in (east, west)', want: false },
    { text: 'region notin (east,west)', want: true },
    { text: 'region notin (north)', want: false },
    { text: 'tier notin (test)', want: true },
    { text: 'team', want: true },
    { text: 'tier', want: false },
    { text: '!tier', want: true },
    { text: '! team', want: false },
    { text: 'retired=', want: true },
    { text: 'retired in ()', want: true },
    { text: 'team=', want: false },
    { text: 'team=sales,region in (north,south),!tier', want: true },
    { text: 'team=sales,region=south', want: false },
    { text: 'toString', want: false },
    { text: '!constructor', want: true },
  ])('"$text": $want', ({ text, want }) => {
    expect(selects(text, sales)).toBe(want);
  });

  it.each([
    '',
    ' ',
    ',',
    'team=sales,',
    'team=a b',
    'team sales',
    'team in north',
    'team in (a',
    'team in (a),b)',
    'team=a=b',
    'team~a',
    '-team',
    'team>1',
    '=sales',
    `team=${'a'.repeat(64)}`,
    Array.from({ length: 17 }, () => 'a').join(','),
    `a in (${Array.from({ length: 65 }, () => 'b').join(',')})`,
    'a'.repeat(1_001),
    'team=sales\n\0',
  ])('is not %j', (text) => {
    expect(parseLabelSelector(text)).toBeNull();
  });

  const name = fc.constantFrom('team', 'region', 'crm.example.com/tier');
  const value = fc.constantFrom('', 'a', 'b-1', 'C_d.e');
  const requirement = fc.oneof(
    fc.record({
      kind: fc.constantFrom('in' as const, 'not_in' as const),
      name,
      values: fc.array(value, { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ kind: fc.constantFrom('exists' as const, 'missing' as const), name }),
  );
  const written = (one: LabelSelector[number]): string => {
    switch (one.kind) {
      case 'in':
        return `${one.name} in (${one.values.join(',')})`;
      case 'not_in':
        return `${one.name} notin (${one.values.join(', ')})`;
      case 'exists':
        return one.name;
      case 'missing':
        return `!${one.name}`;
    }
  };

  it('is read as it is written, and selects exactly what each of its conditions selects', () => {
    fc.assert(
      fc.property(
        fc.array(requirement, { minLength: 1, maxLength: 4 }),
        fc.dictionary(name, value),
        (selector, labels) => {
          expect(parseLabelSelector(selector.map(written).join(','))).toEqual(selector);
          expect(selectsLabels(selector, labels)).toBe(selector.every((one) => selectsLabels([one], labels)));
          for (const one of selector) {
            const kind = ({ in: 'not_in', not_in: 'in', exists: 'missing', missing: 'exists' } as const)[one.kind];
            expect(selectsLabels([{ ...one, kind } as typeof one], labels)).toBe(!selectsLabels([one], labels));
          }
        },
      ),
    );
  });

  it('is parsed or refused in no time, whatever is given', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 1_000 }), (text) => {
        expect([true, false]).toContain(parseLabelSelector(text) === null);
      }),
    );
    const before = process.cpuUsage().user;
    for (const piece of ['(', 'a in (', ',(', ' ', '!', 'a,(']) parseLabelSelector(piece.repeat(1_000 / piece.length));
    expect(process.cpuUsage().user - before).toBeLessThan(200_000);
  });
});
