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
  sipGatewayKind: kind.oneOf('SIP_GATEWAY_KIND', {
    words: ['jambonz'],
    what: 'which media gateway places the calls of SIP connections',
    fallback: 'jambonz',
  }),
  sipGatewayUrl: kind.httpUrlOrNone('SIP_GATEWAY_URL', {
    what: 'the REST API of the media gateway that places the calls of SIP connections, without its /v1; calls of these are refused without one',
    example: 'https://jambonz.example.com',
  }),
  sipGatewayAccount: kind.text('SIP_GATEWAY_ACCOUNT', {
    pattern: /^[\w-]{0,64}$/,
    mustBe: 'the account at that gateway (`account_sid`), needed with SIP_GATEWAY_URL',
    example: '9351f46a-678c-43f5-b8a6-d4eb58d131af',
    fallback: '',
  }),
  sipGatewayKey: kind.secretOrNone('SIP_GATEWAY_KEY', 'an API key of that account, needed with SIP_GATEWAY_URL'),
  sipGatewayLeadingPlus: kind.flag('SIP_GATEWAY_LEADING_PLUS', {
    what: 'whether trunks are given numbers with a plus',
    fallback: true,
  }),
  sipGatewayWebhookSecret: kind.secretOrNone(
    'SIP_GATEWAY_WEBHOOK_SECRET',
    'the webhook secret of that account: with it, hooks that are not signed are refused',
  ),
};

/** Where carriers reach the gateway. */
export const publicAddress = {
  publicBaseUrl: kind.httpUrlOrNone('PUBLIC_BASE_URL', {
    what: 'the URL under which carriers reach this API from the Internet, as they see it in front of a proxy; signatures cover it, and without it only VoiceLink calls can be placed, and no carrier is told to bring inbound calls here',
    example: 'https://api.example.com',
  }),
  voicelinkCallEvents: kind.flag('VOICELINK_CALL_EVENTS', {
    what: "whether each VoiceLink call names this API as its `webhook_url`, so that it is known how it goes; switch it off where bots have a webhook_url of their own that has to hear of calls: it is not known whether it does, beside the call's",
    fallback: true,
  }),
};
