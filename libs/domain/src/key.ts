import type { DidKey } from './ids';

const PHONE_NUMBER = /^(?:tel:)?\+?[\d\s().-]+$/i;
/** Shortest and longest E.164 number: `^\+[1-9]\d{6,14}$`. */
const MIN_DIGITS = 7;
const MAX_DIGITS = 15;
const NATIONAL_DIGITS = 10;

/**
 * The digits-only join key of a number, or null when `raw` is not a phone number.
 *
 * VoiceLink writes the same number as a JSON number or string, with or without country code (VoiceLink upstream notes
 * §10.1): 10 digits get the country code in front, 11 digits with a leading 0 lose the 0 first, `00` is the
 * international prefix. A 10-digit number that begins with the country code keeps it. What was written with `+` is
 * already complete. Other lengths (toll-free, landlines) are unknown territory and stay as they are.
 */
export const canonicalKey = (raw: string | number, countryCode = '91'): DidKey | null => {
  const text = String(raw).trim();
  if (!PHONE_NUMBER.test(text)) return null;
  const digits = complete(text.replace(/\D/g, ''), { international: text.includes('+'), countryCode });
  return digits.length >= MIN_DIGITS && digits.length <= MAX_DIGITS && !digits.startsWith('0')
    ? (digits as DidKey)
    : null;
};

const complete = (digits: string, how: { readonly international: boolean; readonly countryCode: string }): string => {
  if (how.international) return digits;
  if (digits.startsWith('00')) return digits.slice(2);
  const national = digits.length === NATIONAL_DIGITS + 1 && digits.startsWith('0') ? digits.slice(1) : digits;
  return national.length === NATIONAL_DIGITS ? how.countryCode + national : national;
};

/** `+` and the key. */
export const phoneNumberOf = (key: DidKey): string => `+${key}`;
