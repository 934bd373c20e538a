import * as kind from './kinds';

/** How the carriers other than VoiceLink are reached, in every process. */
export const carriers = {
  carrierBaseUrls: kind.namedUrls('CARRIER_BASE_URLS', {
    names: ['twilio', 'plivo', 'vobiz', 'exotel', 'tata_smartflo', 'mcube'],
    what: "base URLs in place of the carriers' own, for a region, a proxy or a simulator; credentials are sent there",
  }),
  carrierPrivateNetworks: kind.networks(
    'CARRIER_PRIVATE_NETWORKS',
    'networks that may be dialled although they are not public, for a carrier in a private cluster or a simulator',
  ),
  carrierTimeoutMs: kind.milliseconds('CARRIER_TIMEOUT_MS', {
    min: 100,
    max: 60_000,
    what: 'how long one request to a carrier other than VoiceLink may take altogether',
    fallback: 10_000,
  }),
};
