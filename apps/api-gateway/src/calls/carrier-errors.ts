import { carrierInfo, type CarrierFailure, type CarrierName } from '@dialtone/carriers';
import { ApiError, type ErrorCode } from '../http/errors/api-error';

const notHere = (message: string): ApiError =>
  new ApiError('PROVIDER_NOT_SUPPORTED', message, { details: [{ field: 'provider', message }] });

export const noPublicUrl = (provider: CarrierName): ApiError =>
  notHere(
    `This deployment places no calls through ${provider}: the carrier has to reach it, and PUBLIC_BASE_URL is not set. Ask the operator to set it.`,
  );

export const noSipGateway = (): ApiError =>
  notHere(
    'This deployment places no calls through sip: they need a media gateway, and SIP_GATEWAY_URL is not set. Ask the operator to set it.',
  );

export const writesNothing = (provider: CarrierName): ApiError =>
  new ApiError('WRITES_DISABLED', `This deployment places no calls (${provider}: not sent, dry-run is on).`);

export const unopenedCarrier = (provider: CarrierName): ApiError =>
  new ApiError(
    'CARRIER_UNAVAILABLE',
    `The credentials of this connection cannot be used: it has just been disconnected, or no key of this deployment opens them. Send them again with PUT /api/v2/config/telephony/${provider.replace('_', '-')}.`,
  );

export const cannotEnd = (label: string): ApiError =>
  notHere(`${label} has no request that ends a call: let the agent end it.`);

export const notEndedYet = (): ApiError =>
  new ApiError(
    'RESOURCE_BUSY',
    'The carrier has not told its id of this call yet, so it cannot be told to end it; nothing was done. Try again.',
  );

type Reason = CarrierFailure['reason'];

/** The one table from a carrier's refusal to what the caller reads. */
const REFUSALS: Readonly<Record<Reason, { readonly code: ErrorCode; readonly says: string }>> = {
  unauthorized: { code: 'CARRIER_UNAUTHORIZED', says: 'did not accept the credentials of this connection' },
  forbidden: { code: 'CARRIER_REJECTED', says: 'does not allow this' },
  payment: { code: 'CARRIER_REJECTED', says: 'wants to be paid first' },
  not_found: { code: 'CARRIER_REJECTED', says: 'does not know the account of this connection, or the call' },
  rejected: { code: 'CARRIER_REJECTED', says: 'refused this' },
  rate_limited: { code: 'CARRIER_RATE_LIMITED', says: 'takes no more requests at the moment' },
  unavailable: { code: 'CARRIER_UNAVAILABLE', says: 'cannot be used at the moment' },
  not_configured: { code: 'PROVIDER_NOT_SUPPORTED', says: 'was not asked' },
};

/** Nothing was done; the failure's message is safe to show, and holds the carrier's own words. */
export const carrierRefusal = (provider: CarrierName, { reason, message, retryAfterMs }: CarrierFailure): ApiError => {
  const { code, says } = REFUSALS[reason];
  return new ApiError(code, `${carrierInfo(provider).label} ${says} (${message}).`, { retryAfterMs });
};
