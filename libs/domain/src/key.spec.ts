import * as fc from 'fast-check';
import { canonicalKey, phoneNumberOf } from './key';
import { aDidKey } from '@dialtone/testing';

describe('canonicalKey', () => {
  const mobile = '918011223344';
  const cases: readonly {
    readonly name: string;
    readonly reason: string;
    readonly given: string | number;
    readonly countryCode?: string;
    readonly want: string | null;
  }[] = [
    { name: 'digits with country code', reason: 'the registered form', given: mobile, want: mobile },
    { name: 'a JSON number', reason: 'lists carry both types', given: 918011223344, want: mobile },
    { name: 'a national JSON number', reason: 'and in both lengths', given: 8011223344, want: mobile },
    { name: 'E.164', reason: 'what people write', given: '+918011223344', want: mobile },
    { name: 'national digits', reason: '10 digits lack the country code', given: '8011223344', want: mobile },
    { name: 'national with trunk 0', reason: 'the 0 is dialled, not part of it', given: '08011223344', want: mobile },
    { name: 'international prefix 00', reason: '00 is +', given: '00918011223344', want: mobile },
    { name: 'spaces and punctuation', reason: 'never significant', given: ' +91 (80) 1122-33.44 ', want: mobile },
    { name: 'a tel: URI', reason: 'what links carry', given: 'TEL:+91-8011-223344', want: mobile },
    {
      name: 'a national number that begins with 91',
      reason: 'stripping or trusting its 91 would make another number of it',
      given: '9112345678',
      want: '919112345678',
    },
    { name: 'toll-free', reason: 'other lengths are kept', given: '18001234567', want: '18001234567' },
    { name: 'shortest', reason: '7 digits are the least', given: '1234567', want: '1234567' },
    { name: 'longest', reason: '15 digits are the most', given: '123456789012345', want: '123456789012345' },
    { name: 'too short', reason: 'not a number that can be called', given: '123456', want: null },
    { name: 'too long', reason: 'beyond E.164', given: '1234567890123456', want: null },
    { name: 'empty', reason: 'nothing to join by', given: '', want: null },
    { name: 'words', reason: 'not a number', given: 'sales desk', want: null },
    { name: 'an extension', reason: 'two numbers in one field', given: '+918011223344;ext=12', want: null },
    { name: 'digits of another script', reason: 'keys are ASCII digits', given: '९१८०११२२३३४४', want: null },
    { name: 'a country code 0', reason: 'no country begins with 0', given: '+0918011223344', want: null },
    { name: 'NaN', reason: 'a failed conversion', given: NaN, want: null },
    { name: 'a negative JSON number', reason: 'its sign is no hyphen', given: -918011223344, want: null },
    { name: 'a fraction', reason: 'its point is no separator', given: 918011223344.5, want: null },
    { name: 'a huge JSON number', reason: 'digits are lost already', given: 1e21, want: null },
    {
      name: 'a complete number of 10 digits',
      reason: 'its key would be read as a national number',
      given: '+4512345678',
      want: null,
    },
    { name: 'the same with 00', reason: 'the same ambiguity', given: '004512345678', want: null },
    {
      name: 'another country',
      reason: 'the row says which one',
      given: '2025550123',
      countryCode: '1',
      want: '12025550123',
    },
    {
      name: 'a country code with +',
      reason: 'lists carry text',
      given: '8011223344',
      countryCode: '+91',
      want: mobile,
    },
    { name: 'a country code with 00', reason: 'the same', given: '8011223344', countryCode: '0091', want: mobile },
    { name: 'an empty country code', reason: 'unset is home', given: '8011223344', countryCode: '', want: mobile },
  ];

  it.each(cases)('makes the key of $name: $reason', ({ given, countryCode, want }) => {
    expect(canonicalKey(given, countryCode)).toBe(want);
  });

  it('leaves a key as it is, whatever it was made from', () => {
    const text = fc.oneof(
      fc.stringMatching(/^\+?[0-9 ().-]{5,20}$/),
      fc.stringMatching(/^(tel:)?(\+|00|0)?[0-9]{6,16}$/),
      fc.integer({ min: -10, max: Number.MAX_SAFE_INTEGER }),
      fc.string(),
    );
    const code = fc.constantFrom('91', '1', '971', '+44', '');
    fc.assert(
      fc.property(text, code, (raw, countryCode) => {
        const key = canonicalKey(raw, countryCode);
        if (key === null) return;
        expect(key).toMatch(/^[1-9][0-9]{6,14}$/);
        expect(canonicalKey(key, countryCode)).toBe(key);
        expect(canonicalKey(key)).toBe(key);
        expect(canonicalKey(phoneNumberOf(key))).toBe(key);
      }),
      { numRuns: 2_000 },
    );
  });

  it('writes the phone number with a plus sign', () => {
    expect(phoneNumberOf(aDidKey('08011223344'))).toBe('+918011223344');
  });
});
