import * as fc from 'fast-check';
import { canonicalKey, phoneNumberOf, spelledKey } from './key';
import { aDidKey, NUMBER_SPELLINGS } from '@dialtone/testing';

const MOBILE = '918011223344';

/** Where a row says its country, or the number is a JSON number. All other spellings: NUMBER_SPELLINGS. */
const cases: readonly {
  readonly name: string;
  readonly reason: string;
  readonly given: string | number;
  readonly country?: string;
  readonly want: string | null;
}[] = [
  { name: 'a JSON number', reason: 'lists carry both types', given: 918011223344, want: MOBILE },
  { name: 'a national JSON number', reason: 'and in both lengths', given: 8011223344, want: MOBILE },
  { name: 'NaN', reason: 'a failed conversion', given: NaN, want: null },
  { name: 'a negative JSON number', reason: 'its sign is no hyphen', given: -918011223344, want: null },
  { name: 'a fraction', reason: 'its point is no separator', given: 918011223344.5, want: null },
  { name: 'a huge JSON number', reason: 'digits are lost already', given: 1e21, want: null },
  {
    name: 'another country',
    reason: 'the row says which one',
    given: '2025550123',
    country: '1',
    want: '12025550123',
  },
  { name: 'a country code with +', reason: 'lists carry text', given: '8011223344', country: '+91', want: MOBILE },
  { name: 'a country code with 00', reason: 'the same', given: '8011223344', country: '0091', want: MOBILE },
  { name: 'an empty country code', reason: 'unset is home', given: '8011223344', country: '', want: MOBILE },
  {
    name: 'a national number of Singapore',
    reason: 'the row says where',
    given: 61234567,
    country: '65',
    want: '006561234567',
  },
  {
    name: 'a complete one in such a row',
    reason: 'it meets the same key',
    given: '6561234567',
    country: '65',
    want: '006561234567',
  },
  {
    name: 'a complete number of India in such a row',
    reason: 'a row may be wrong about its country',
    given: MOBILE,
    country: '65',
    want: MOBILE,
  },
  {
    name: 'a country code that no country has',
    reason: 'ten digits are still national there',
    given: '8011223344',
    country: '999',
    want: '9998011223344',
  },
];

describe('canonicalKey', () => {
  it('knows at least 60 spellings of all kinds', () => {
    expect(NUMBER_SPELLINGS.length).toBeGreaterThanOrEqual(60);
  });

  it.each(NUMBER_SPELLINGS)('makes $key of "$spelling": $reason', ({ spelling, key }) => {
    expect(canonicalKey(spelling)).toBe(key);
  });

  it.each(cases)('makes $want of $name: $reason', ({ given, country, want }) => {
    expect(canonicalKey(given, '91', country)).toBe(want);
  });

  it('leaves a key as it is, whatever it was made from', () => {
    const text = fc.oneof(
      fc.stringMatching(/^\+?[0-9 ().-]{5,20}$/),
      fc.stringMatching(/^(tel:)?(\+|00|0)?[0-9]{6,16}$/),
      fc.integer({ min: -10, max: Number.MAX_SAFE_INTEGER }),
      fc.string(),
    );
    const code = fc.constantFrom('91', '1', '971', '+44', '65', '999', '');
    fc.assert(
      fc.property(text, code, code, (raw, home, country) => {
        const key = canonicalKey(raw, home, country);
        if (key === null) return;
        expect(key).toMatch(/^(?:00)?[1-9][0-9]{6,14}$/);
        expect(canonicalKey(key, home)).toBe(key);
        expect(canonicalKey(phoneNumberOf(key), home)).toBe(key);
        expect(phoneNumberOf(key)).toMatch(/^\+[1-9][0-9]{6,14}$/);
      }),
      { numRuns: 2_000 },
    );
  });

  it('makes one key of all spellings of one number', () => {
    const national = fc.oneof(
      fc.stringMatching(/^[1-9][0-9]{9}$/),
      fc.stringMatching(/^(?:140|160|800|911|651)[0-9]{7}$/),
      fc.stringMatching(/^1800[0-9]{7}$/),
    );
    const marks = fc.array(fc.constantFrom('', '', '', ' ', '-', '.', '\u00a0', '\u2011'), {
      minLength: 16,
      maxLength: 16,
    });
    fc.assert(
      fc.property(national, marks, (number, between) => {
        const key = canonicalKey(`+91${number}`);
        const isTen = number.length === 10;
        const trunk = isTen ? [`0${number}`, `910${number}`, `+910${number}`, `00910${number}`, `+91(0)${number}`] : [];
        const plain = [number, `91${number}`, `0091${number}`, ...trunk];
        const spaced = plain.map((one) =>
          Array.from(one)
            .map((digit, at) => digit + (digit.startsWith('+') || at === one.length - 1 ? '' : (between[at] ?? '')))
            .join(''),
        );
        const met = new Set([...plain, ...spaced].map((one) => canonicalKey(one)));
        expect([...met]).toStrictEqual([key]);
        expect(key).not.toBeNull();
      }),
      { numRuns: 500 },
    );
  });

  it('keeps numbers apart that differ in a digit', () => {
    const number = fc.stringMatching(/^\+(?:91[6-9]|65[689]|1[2-9]|44[27])[0-9]{7,9}$/);
    fc.assert(
      fc.property(number, number, (one, other) => {
        fc.pre(one !== other);
        expect(canonicalKey(one)).not.toBe(canonicalKey(other));
      }),
      { numRuns: 500 },
    );
  });

  it('takes its short cut only where the numbering plans say the same', () => {
    const plain = fc.stringMatching(/^(?:0|91|\+91|910|0091)?(?:91|911800|180|140|)[0-9]{4,10}$/);
    fc.assert(
      fc.property(plain, (text) => {
        expect(canonicalKey(text)).toBe(spelledKey(text));
      }),
      { numRuns: 1_000 },
    );
  });

  it('writes the phone number with a plus sign', () => {
    expect(phoneNumberOf(aDidKey('08011223344'))).toBe('+918011223344');
    expect(phoneNumberOf(aDidKey('+6561234567'))).toBe('+6561234567');
  });
});
