import fc from 'fast-check';
import { printable, secret, text } from './kinds';

const MAX = 8;
const CHARACTER = fc.oneof(
  fc.constantFrom(
    'a',
    'ü',
    ' ',
    '\t',
    '\n',
    '\u00a0',
    '字',
    '📞',
    '\u061c',
    '\u200d',
    '\u200e',
    '\u2027',
    '\u2028',
    '\u202e',
  ),
  fc.constantFrom(
    '\u2029',
    '\u2065',
    '\u2066',
    '\u2069',
    '\u206a',
    '\u007f',
    '\u009f',
    '\u00a0',
    '\ud83d',
    '\udcde',
    '\ufeff',
  ),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
);

describe('a printable text', () => {
  it('is valid exactly when its documented pattern says so', () => {
    const { pattern } = printable(MAX);
    fc.assert(
      fc.property(fc.string({ unit: CHARACTER, maxLength: 2 * MAX + 2 }), (value) => {
        expect([text(MAX).isValid(value), secret(MAX).isValid(value)]).toEqual(Array(2).fill(pattern.test(value)));
      }),
      { numRuns: 5_000 },
    );
  });

  it.each([null, 1, ['a'], {}])('is no %j', (value) => {
    expect(text(MAX).isValid(value)).toBe(false);
  });
});
