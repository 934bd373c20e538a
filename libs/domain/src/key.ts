import type { DidKey } from './ids';

const PHONE_NUMBER = /^(?:tel:)?\+?[\d\s().-]+$/i;
/** Shortest and longest E.164 number: `^\+[1-9]\d{6,14}$`. */
const MIN_DIGITS = 7;
const MAX_DIGITS = 15;
const NATIONAL_DIGITS = 10;
const HOME = '91';

/**
 * The digits-only join key of a number, or null when `raw` is not a phone number.
 *
 * VoiceLink writes the same number as a JSON number or string, with or without country code (VoiceLink upstream notes
 * §10.1): 10 digits get the country code in front, 11 digits with a leading 0 lose the 0 first, `00` is the
 * international prefix. A 10-digit number that begins with the country code keeps it. What was written with `+` is
 * already complete. Other lengths (toll-free, landlines) are unknown territory and stay as they are.
 *
 * A key is its own key. That is why a complete number of 10 digits is refused: without its `+` it would be taken for a
 * national one, and the next reader would make another key of it.
 */
export const canonicalKey = (raw: string | number, countryCode = HOME): DidKey | null => {
  // The sign and the decimal point of a JSON number are not the punctuation of a phone number.
  if (typeof raw === 'number' && !(Number.isSafeInteger(raw) && raw > 0)) return null;
  const text = String(raw).trim();
  if (!PHONE_NUMBER.test(text)) return null;
  const digits = complete(text.replace(/\D/g, ''), { international: text.includes('+'), countryCode });
  return isKey(digits) ? digits : null;
};

const isKey = (digits: string): digits is DidKey =>
  digits.length >= MIN_DIGITS &&
  digits.length <= MAX_DIGITS &&
  digits.length !== NATIONAL_DIGITS &&
  !digits.startsWith('0');

const complete = (digits: string, how: { readonly international: boolean; readonly countryCode: string }): string => {
  if (how.international) return digits;
  if (digits.startsWith('00')) return digits.slice(2);
  const national = digits.length === NATIONAL_DIGITS + 1 && digits.startsWith('0') ? digits.slice(1) : digits;
  return national.length === NATIONAL_DIGITS ? prefixOf(how.countryCode) + national : national;
};

/** VoiceLink lists `country_code` as number or string, so it may carry a `+`, zeros, or nothing. */
const prefixOf = (countryCode: string): string => countryCode.replace(/\D/g, '').replace(/^0+/, '') || HOME;

/** `+` and the key. */
export const phoneNumberOf = (key: DidKey): string => `+${key}`;
