import type { InboundTarget, PointingCarrier } from './pointing';

/** The place of a connection's inbound calls: the token proves that the URL was given to its carrier. */
interface InboundPlace {
  readonly provider: PointingCarrier;
  readonly token: string;
  readonly connectionId: string;
}

/**
 * Where a carrier asks what to do with the inbound calls of a connection, and under which name it keeps that. It has a query because
 * Plivo documents its signature of a URL without one in two ways. `publicBaseUrl`: without a slash at its end.
 */
export const inboundTargetOf = (
  publicBaseUrl: string,
  { provider, token, connectionId }: InboundPlace,
): InboundTarget => ({
  name: `dialtone-${connectionId}`,
  url: `${publicBaseUrl}/callbacks/${provider}/${token}/inbound?connection=${connectionId}`,
});
