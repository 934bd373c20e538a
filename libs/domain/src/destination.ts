import { parsePhoneNumberFromString, type PhoneNumber } from 'libphonenumber-js/max';
import type { DidKey } from './ids';
import { phoneNumberOf } from './key';

/** Where a partner's calls may go. */
export interface AllowedDestinations {
  /** ISO 3166 codes such as `IN`, or calling codes such as `91` or, of a satellite network, `881`; `*` is every country. */
  readonly countries: readonly string[];
  /** Numbers whose caller pays more than for a call: premium and shared-cost ones. */
  readonly premium: boolean;
}

/** Why a call is not placed. `country`: its country is not allowed. `network`: it belongs to none, as a satellite's. */
export type RefusedDestination = 'country' | 'premium' | 'network' | 'unknown';

const COSTLY: ReadonlySet<string> = new Set(['PREMIUM_RATE', 'SHARED_COST', 'PERSONAL_NUMBER', 'PAGER']);
/** Calling codes of no country: satellites, international premium, shared-cost and personal numbers. 800 is free of charge. */
const NETWORKS: ReadonlySet<string> = new Set(['800', '808', '870', '878', '881', '882', '883', '888', '979']);

/** Countries that a number may belong to: more than one where it is not known which of several under one calling code. */
const countriesOf = (parsed: PhoneNumber): readonly string[] =>
  parsed.country === undefined ? parsed.getPossibleCountries() : [parsed.country];

/**
 * Whether a call to this E.164 number is allowed by what the partner has, the country of the caller id, and the country of
 * the deployment (`home`, a calling code). Null: it is. A number of an unknown range counts by its country, and is never
 * refused for being unknown.
 */
export const refusedDestination = (
  to: string,
  callerId: DidKey,
  allowed: AllowedDestinations,
  home: string,
): RefusedDestination | null => {
  const parsed = parsePhoneNumberFromString(to, { extract: false });
  if (parsed === undefined) return 'unknown';
  const { countryCallingCode: code } = parsed;
  if (NETWORKS.has(code)) return allowed.countries.includes(code) ? null : 'network';
  if (!isAllowedCountry(parsed, callerId, allowed, home)) return 'country';
  return !allowed.premium && COSTLY.has(parsed.getType() ?? '') ? 'premium' : null;
};

const isAllowedCountry = (
  parsed: PhoneNumber,
  callerId: DidKey,
  { countries }: AllowedDestinations,
  home: string,
): boolean => {
  const code = parsed.countryCallingCode;
  if (countries.includes('*') || countries.includes(code)) return true;
  const candidates = countriesOf(parsed);
  // Of a calling code that several countries share, the caller id allows its own country only.
  const caller = parsePhoneNumberFromString(phoneNumberOf(callerId), { extract: false });
  const own = caller === undefined ? [] : countriesOf(caller);
  const isKnown = (country: string): boolean =>
    countries.includes(country) || (own.length === 1 && own.includes(country)) || code === home;
  if (candidates.length === 0) return code === home || code === caller?.countryCallingCode;
  return candidates.every(isKnown);
};
