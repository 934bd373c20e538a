import { canonicalKey, type DidKey } from '@dialtone/domain';

/** More than ten digits without a plus hold the country code: so Plivo and Smartflo write them. A leading 0 makes a number national. */
const withPlus = (number: string): string => (/^[1-9]\d{10,14}$/.test(number) ? `+${number}` : number);

/** The key of a number as a carrier writes it; null: it is none. `countryCode`: digits, of national numbers. */
export const carrierNumberKey = (number: string, countryCode: string): DidKey | null =>
  canonicalKey(withPlus(number), countryCode);
