import type { DidKey } from './ids';
import { completeDigits, dialledDigits } from './numbering-plan';

/** Digits, blanks and the usual marks between them. A sign in front, or a mark behind, makes something else of it. */
const SPELLING = /^(?:tel:)?\s*\(?(?:\+\s*)?[\d(](?:[\d\s().\u2010-\u2015-]*[\d)])?$/i;
/** Zero-width characters and direction marks, which address books put around a number that is copied. */
const INVISIBLE = /[\u200b-\u200f\u202a-\u202c\u2060\u2066-\u2069\ufeff]/g;
/** E.164 has 15 digits; the prefixes 00 and 0 come on top. */
const MOST_DIGITS = 18;
const E164 = /^[1-9]\d{6,14}$/;
const INTERNATIONAL = '00';
const HOME = '91';

/**
 * The digits-only join key of a number, or null when `raw` is not a phone number. All spellings of one number meet one
 * key, and a key is its own key.
 *
 * `home` is the calling code of the country whose numbers are written without one, `country` that of the list row
 * that carries the number. What is written without `+` or `00` is read as it is dialled there (`dialledDigits`). A number
 * whose digits alone would be read as another one keeps `00` in front: +65 6123 4567 is 006561234567 in India, where
 * 6561234567 is a national number. VoiceLink writes the same number as a JSON number or string, with or without country
 * code (VoiceLink upstream notes §10.1).
 */
export const canonicalKey = (raw: string | number, home = HOME, country = home): DidKey | null => {
  // The sign and the decimal point of a JSON number are not the punctuation of a phone number.
  if (typeof raw === 'number' && !(Number.isSafeInteger(raw) && raw > 0)) return null;
  const text = String(raw);
  return (home === HOME && country === HOME ? plainKey(text) : null) ?? spelledKey(text, home, country);
};

/** `+` and the digits of the number. */
export const phoneNumberOf = (key: DidKey): string =>
  `+${key.startsWith(INTERNATIONAL) ? key.slice(INTERNATIONAL.length) : key}`;

const PLAIN_COMPLETE = /^\+?(?<digits>91[1-9]\d{9})$/;
const PLAIN_NATIONAL = /^0?(?<digits>[1-9]\d{9})$/;

/** What nearly all rows are, without a look into the numbering plans; says the same as `spelledKey`. */
const plainKey = (text: string): DidKey | null => {
  const complete = PLAIN_COMPLETE.exec(text)?.groups?.['digits'];
  if (complete !== undefined) return complete as DidKey;
  const national = PLAIN_NATIONAL.exec(text)?.groups?.['digits'];
  return national === undefined ? null : ((HOME + national) as DidKey);
};

/** @internal Exported for the property that says that `plainKey` is a short cut only. */
export const spelledKey = (text: string, home = HOME, country = home): DidKey | null => {
  const spelling = text.replace(INVISIBLE, '').trim();
  const digits = spelling.replace(/\D/g, '');
  if (!SPELLING.test(spelling) || digits.length > MOST_DIGITS) return null;
  const number = numberOf(digits, { isComplete: spelling.includes('+'), callingCode: callingCodeOf(country) });
  if (!E164.test(number)) return null;
  const isItsOwnKey = dialledDigits(number, callingCodeOf(home)) === number;
  return (isItsOwnKey ? number : INTERNATIONAL + number) as DidKey;
};

const numberOf = (
  digits: string,
  { isComplete, callingCode }: { readonly isComplete: boolean; readonly callingCode: string },
): string => {
  if (isComplete) return completeDigits(digits);
  return digits.startsWith(INTERNATIONAL)
    ? completeDigits(digits.slice(INTERNATIONAL.length))
    : dialledDigits(digits, callingCode);
};

/** VoiceLink lists `country_code` as number or string, so it may carry a `+`, zeros, or nothing. */
const callingCodeOf = (countryCode: string): string => countryCode.replace(/\D/g, '').replace(/^0+/, '') || HOME;
