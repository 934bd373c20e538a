import { carrierInfo, type Carriers } from './carriers';
import { notConfigured } from './http/outcomes';
import type { CarrierAccess, CarrierFailure, CarrierName, Verdict } from './port';

/** What is to be stored about credentials, and shown as `last_error_message`. */
export type AccessVerdict =
  | { readonly kind: 'verified' }
  | { readonly kind: 'unverifiable' }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'unknown'; readonly message: string };

/** Verifies the credentials of one connection. Does not pass on the carrier's text, which may repeat them. */
export const judgeAccess = async (
  carriers: Carriers,
  name: CarrierName,
  access: CarrierAccess,
): Promise<AccessVerdict> => {
  const carrier = carriers.open(name, access);
  const verdict: Verdict = carrier === null ? { kind: 'refused', failure: NO_HOST } : await carrier.verify();
  if (verdict.kind === 'verified' || verdict.kind === 'unverifiable') return verdict;
  return { kind: verdict.kind, message: messageOf(name, verdict) };
};

const NO_HOST = notConfigured('The connection names no host that credentials may be sent to', 'rejected');

const messageOf = (name: CarrierName, { kind, failure }: Extract<Verdict, { failure: CarrierFailure }>): string => {
  if (failure.isOwn) return `${failure.message}.`;
  const { label, login } = carrierInfo(name);
  const why = reasonOf(failure);
  if (kind === 'refused')
    return `${label} does not take these credentials (${why}): check ${login.join(', ')} and send them again.`;
  return `${label} could not verify the credentials (${why}); they are tried again soon.`;
};

const reasonOf = ({ reason, httpStatus }: CarrierFailure): string => {
  if (reason === 'rate_limited') return 'too many requests';
  return httpStatus === null ? 'no answer' : `HTTP ${String(httpStatus)}`;
};
