import { carrierInfo, type CarrierFailure, type CarrierName, type ListedNumber } from '@dialtone/carriers';
import { phoneNumberOf } from '@dialtone/domain';
import type { CarrierNumber } from '@dialtone/persistence';
import { carrierRefusal, unopenedCarrier } from '../calls/carrier-errors';
import { invalidInput } from '../http/errors/api-error';
import type { CarrierNumbers } from '../outside/carrier-numbers';
import { carrierNumberKey } from './carrier-number-key';

export interface ListWarning {
  readonly code: 'LIST_INCOMPLETE' | 'NUMBER_NOT_READ';
  readonly message: string;
}

/** What a carrier lists of a connection, as far as it can be read. */
export interface CarrierList {
  /** Each number once. */
  readonly numbers: readonly CarrierNumber[];
  readonly isComplete: boolean;
  readonly warnings: readonly ListWarning[];
}

interface Asked {
  readonly provider: CarrierName;
  readonly read: ReturnType<CarrierNumbers>;
  /** Digits of the country code of national numbers. */
  readonly countryCode: string;
}

/** Throws when the carrier has no list, or nothing of it could be read. */
export const carrierList = async ({ provider, read, countryCode }: Asked): Promise<CarrierList> => {
  const { label } = carrierInfo(provider);
  const listing = await read;
  switch (listing.kind) {
    case 'unsupported':
      throw invalidInput('numbers', `numbers is required: ${label} has no list of numbers that could be read.`);
    case 'unopened':
      throw unopenedCarrier(provider);
    case 'listed':
  }
  const given = listing.numbers.filter(({ voice }) => voice !== false).map((one) => numberOf(one, countryCode));
  const numbers = given.filter((one) => typeof one !== 'string');
  const odd = given.filter((one) => typeof one === 'string');
  if (!listing.complete && listing.numbers.length === 0) throw carrierRefusal(provider, listing.failure);
  return {
    numbers: [...new Map(numbers.toReversed().map((number) => [number.key, number])).values()].toReversed(),
    // An odd number may be any number, so that none is known to be missing.
    isComplete: listing.complete && odd.length === 0,
    warnings: [
      ...(listing.complete ? [] : [incomplete(listing.failure)]),
      ...odd.slice(0, MOST_SHOWN).map((text): ListWarning => notRead(label, text)),
    ],
  };
};

const MOST_SHOWN = 20;

const incomplete = ({ message }: CarrierFailure): ListWarning => ({
  code: 'LIST_INCOMPLETE',
  message: `There may be more numbers: the list broke off (${message}).`,
});

const notRead = (label: string, text: string): ListWarning => ({
  code: 'NUMBER_NOT_READ',
  message: `${label} lists "${text.slice(0, 40)}", which is no number that is understood here: it was left out.`,
});

/** The number, or the text of it that is not understood. */
const numberOf = ({ number, name }: ListedNumber, countryCode: string): CarrierNumber | string => {
  const key = carrierNumberKey(number, countryCode);
  return key === null ? number : { key, phoneNumber: phoneNumberOf(key), friendlyName: nameOf(name) };
};

/** As a partner could write it. */
const nameOf = (name: string | null): string | null => {
  const printable = (name ?? '')
    .replaceAll(/\p{C}+/gu, ' ')
    .trim()
    .slice(0, 200);
  return printable === '' ? null : printable;
};
