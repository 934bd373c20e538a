import type { CallPolicy } from '@dialtone/persistence';
import type { AdminConfig } from '@dialtone/platform';
import { CommandError, partnerNamed, print, withStores } from './with-stores';

export interface CallPolicyOptions {
  /** Separated by commas; an empty text for none. */
  readonly countries?: string;
  readonly premium?: string;
  /** A number, or `default`. */
  readonly perDay?: string;
}

const COUNTRY = /^(?:[A-Z]{2}|[1-9]\d{0,2}|\*)$/;

const readCountries = (text: string): readonly string[] => {
  const words = text
    .split(',')
    .map((word) => word.trim().toUpperCase())
    .filter((word) => word !== '');
  const wrong = words.find((word) => !COUNTRY.test(word));
  if (wrong === undefined) return [...new Set(words)];
  throw new CommandError(`"${wrong}" is no country: give codes such as IN, calling codes such as 91 or 881, or *.`);
};

const readPremium = (text: string): boolean => {
  if (text !== 'on' && text !== 'off') throw new CommandError('--premium is on or off.');
  return text === 'on';
};

const readPerDay = (text: string): number | null => {
  if (text === 'default') return null;
  if (!/^\d{1,9}$/.test(text)) throw new CommandError('--per-day is a number, 0 for any, or default.');
  return Number(text);
};

const changeOf = ({ countries, premium, perDay }: CallPolicyOptions): Partial<CallPolicy> => ({
  ...(countries !== undefined && { countries: readCountries(countries) }),
  ...(premium !== undefined && { premium: readPremium(premium) }),
  ...(perDay !== undefined && { callsPerDay: readPerDay(perDay) }),
});

/** Changes what is given, and prints what holds. `calls_per_day` null: as configured. */
export const setCallPolicy = async (config: AdminConfig, name: string, options: CallPolicyOptions): Promise<void> => {
  const change = changeOf(options);
  await withStores(config, async (stores) => {
    const policy = await stores.callPolicies.set(await partnerNamed(stores, name), change);
    print({ countries: policy.countries, premium: policy.premium, calls_per_day: policy.callsPerDay });
  });
};
