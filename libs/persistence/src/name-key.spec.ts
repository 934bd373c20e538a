import fc from 'fast-check';
import { nameKey } from './name-key';

describe('nameKey', () => {
  it.each([
    ['letter case', 'Sales Agent', 'sALES aGENT'],
    ['letter case beyond ASCII', 'École ΣΑΣ', 'éCOLE σας'],
    ['one letter for two', 'Straße', 'STRASSE'],
    ['composed and decomposed letters', 'Caf\u00e9', 'Cafe\u0301'],
    ['width', 'ＡＢＣ', 'abc'],
    ['blanks around', 'Sales', '  Sales\u00a0'],
    ['blanks between', 'Sales Agent', 'Sales \t\u2003 Agent'],
    ['zero-width characters', 'Sales', 'Sa\u200bl\u2060es\ufeff'],
    ['direction marks', 'Sales', '\u202eSales\u202c'],
    ['invisible letters', 'Sales', 'Sales\u3164'],
  ])('does not count %s', (_what, one, other) => {
    expect(nameKey(one)).toBe(nameKey(other));
  });

  it.each([
    ['Sales', 'Sale'],
    ['Sales Agent', 'SalesAgent'],
    ['Resume', 'Résumé'],
    ['Agent 1', 'Agent 2'],
  ])('tells %s from %s', (one, other) => {
    expect(nameKey(one)).not.toBe(nameKey(other));
  });

  it('is empty when nothing is to be seen', () => {
    for (const name of ['', ' ', '\u200b', '\u3164 \u202e']) expect(nameKey(name)).toBe('');
  });

  it('does not change when it is taken again, whatever the name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        expect(nameKey(nameKey(name))).toBe(nameKey(name));
      }),
    );
  });
});
