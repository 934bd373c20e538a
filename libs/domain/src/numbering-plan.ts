import {
  getCountries,
  getCountryCallingCode,
  parsePhoneNumberFromString,
  type PhoneNumber,
} from 'libphonenumber-js/max';

/** As people dial ten digits: with or without the trunk 0. */
const TEN_DIGITS = /^0?(?<national>[1-9]\d{9})$/;
const ZEROS = /^0+$/;
const CALLING_CODES: ReadonlySet<string> = new Set(getCountries().map((country) => getCountryCallingCode(country)));

/**
 * The E.164 digits of what was written with `+` or `00`: a trunk 0 behind the country code is dropped. Digits that no
 * numbering plan knows stay as they are, because new and reserved ranges are missing in every copy of the plans.
 */
export const completeDigits = (digits: string): string => {
  const parsed = parsePhoneNumberFromString(`+${digits}`, { extract: false });
  if (parsed === undefined) return digits;
  return parsed.isValid() || dropsOnlyTrunkZeros(digits, parsed) ? digitsOf(parsed) : digits;
};

/**
 * The E.164 digits of what was written without `+`, as it is dialled in the country of `callingCode`. First a number that
 * is valid there, with or without country code; then ten digits, which are a national number of an unknown range; then
 * a complete number, of any country or none.
 */
export const dialledDigits = (digits: string, callingCode: string): string => {
  const parsed = CALLING_CODES.has(callingCode)
    ? parsePhoneNumberFromString(digits, { defaultCallingCode: callingCode, extract: false })
    : undefined;
  if (parsed?.isValid() === true) return digitsOf(parsed);
  const national = TEN_DIGITS.exec(digits)?.groups?.['national'];
  return national === undefined ? completeDigits(digits) : callingCode + national;
};

const digitsOf = ({ countryCallingCode, nationalNumber }: PhoneNumber): string => countryCallingCode + nationalNumber;

/** Of a number that is not valid the plans may have taken more than the trunk 0, or left another 0 to take. */
const dropsOnlyTrunkZeros = (digits: string, { countryCallingCode, nationalNumber }: PhoneNumber): boolean =>
  !nationalNumber.startsWith('0') &&
  digits.endsWith(nationalNumber) &&
  ZEROS.test(digits.slice(countryCallingCode.length, digits.length - nationalNumber.length));
