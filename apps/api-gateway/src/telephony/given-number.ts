import { canonicalKey, type DidKey } from '@dialtone/domain';
import type { GivenNumber } from '@dialtone/persistence';

/** A carrier's number as it was written, with its key. A short code, which is no complete number, has its digits as key. */
export const givenNumber = (raw: string, countryCode: string): GivenNumber => ({
  key: canonicalKey(raw, countryCode) ?? (raw.replace(/\D/g, '') as DidKey),
  phoneNumber: raw,
});
