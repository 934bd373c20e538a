import { carriers, publicAddress } from './carrier-variables';
import * as kind from './kinds';
import { contestVariables, flapVariables } from './contest-variables';
import { requestLimits } from './request-limit-variables';
import { database, databaseLimits, secrets, kafka, logging, build, host, metrics } from './process-variables';
import { retention } from './retention-variables';
import { tracing } from './tracing-variables';
import { webhookDelivery, webhooks } from './webhook-variables';

/** Settings of VoiceLink that must be equal in every process. */
const voicelink = {
  voicelinkCountryCode: kind.text('VOICELINK_COUNTRY_CODE', {
    pattern: /^[1-9]\d{0,2}$/,
    mustBe: 'the country calling code of numbers written without one, digits only',
    example: '91',
    fallback: '91',
  }),
  voicelinkBaseUrlAllowlist: kind.httpUrls('VOICELINK_BASE_URL_ALLOWLIST', {
    what: 'the base URLs that a connection may name; credentials are sent nowhere else',
    fallback: 'https://app.voicelink.co.in/api',
  }),
  defaultWebsocketUrl: kind.websocketUrl('DEFAULT_WEBSOCKET_URL', {
    what: 'where a new bot points to when a declaration does not say',
    fallback: 'wss://api.pipecat.daily.co/ws/twilio',
  }),
};

/** How VoiceLink is called. */
const upstream = {
  voicelinkTimeoutMs: kind.milliseconds('VOICELINK_TIMEOUT_MS', {
    min: 100,
    max: 600_000,
    what: 'how long one request to VoiceLink may take altogether',
    fallback: 30_000,
  }),
  voicelinkLateEffectMs: kind.milliseconds('VOICELINK_LATE_EFFECT_MS', {
    min: 0,
    max: 3_600_000,
    what: 'how long after its time-out a request may still take effect at VoiceLink',
    fallback: 60_000,
  }),
  voicelinkStaleReadsMs: kind.milliseconds('VOICELINK_STALE_READS_MS', {
    min: 0,
    max: 3_600_000,
    what: 'how long after a change the lists of VoiceLink may still show what was before it: for so long a value that a write of ours has changed is not believed to have changed back; 0 to believe every list at once',
    fallback: 30_000,
  }),
  voicelinkExpiryUtcOffset: kind.text('VOICELINK_EXPIRY_UTC_OFFSET', {
    pattern: /^[+-]([01]\d|2[0-3]):[0-5]\d$/,
    mustBe: 'the UTC offset of the expiry dates that VoiceLink lists',
    example: '+05:30',
    fallback: '+05:30',
  }),
  voicelinkRatePerSecond: kind.integer('VOICELINK_RATE_PER_SECOND', {
    min: 0,
    max: 10_000,
    what: 'how many requests one VoiceLink login may send in a second, over all processes; 0 for any number',
    fallback: 100,
  }),
  voicelinkRateBurst: kind.integer('VOICELINK_RATE_BURST', {
    min: 1,
    max: 100_000,
    what: 'how many requests one VoiceLink login may send at once after a pause',
    fallback: 200,
  }),
  writeMode: kind.oneOf('WRITE_MODE', {
    words: ['enforce', 'create-only', 'observe'],
    what: 'what Dialtone may do by itself in this deployment: `enforce` repairs, `create-only` makes what is missing and changes nothing that exists, `observe` only reports; partners, connections and declarations can be stricter, never looser',
    fallback: 'enforce',
  }),
  ...contestVariables,
  ...flapVariables,
  dryRun: kind.flag('DRY_RUN', {
    what: 'whether every write to VoiceLink is refused before it is sent',
    fallback: false,
  }),
};

const leases = {
  leaseTtlMs: kind.milliseconds('LEASE_TTL_MS', {
    min: 300,
    max: 600_000,
    what: 'how long a lease lasts without being renewed: a crashed holder blocks its DID for so long',
    fallback: 30_000,
  }),
};

/** Limits for each partner. */
const tenantLimits = {
  maxConnectionsPerPartner: kind.integer('MAX_CONNECTIONS_PER_PARTNER', {
    min: 0,
    max: 1_000_000,
    what: 'how many active connections a partner may have, each of which is swept if it is one of VoiceLink, unless an operator has set another number for it; 0 for any number',
    fallback: 100,
  }),
  maxAgentsPerPartner: kind.integer('MAX_AGENTS_PER_PARTNER', {
    min: 0,
    max: 1_000_000,
    what: 'how many agents a partner may have, unless an operator has set another number for it; 0 for any number',
    fallback: 1_000,
  }),
  maxBindingsPerPartner: kind.integer('MAX_BINDINGS_PER_PARTNER', {
    min: 0,
    max: 100_000_000,
    what: 'how many numbers a partner may have declared, unless an operator has set another number for it; 0 for any number',
    fallback: 50_000,
  }),
  maxPausesPerPartner: kind.integer('MAX_PAUSES_PER_PARTNER', {
    min: 0,
    max: 1_000,
    what: 'how many pauses of a partner may stand at once, unless an operator has set another number for it; 0 for any number',
    fallback: 100,
  }),
  maxWebhooksPerPartner: kind.integer('MAX_WEBHOOKS_PER_PARTNER', {
    min: 0,
    max: 10_000,
    what: 'how many webhooks a partner may have, unless an operator has set another number for it; 0 for any number',
    fallback: 10,
  }),
  maxKeptAnswerBytesPerPartner: kind.integer('MAX_KEPT_ANSWER_BYTES_PER_PARTNER', {
    min: 0,
    max: 1_000_000_000_000,
    what: 'how many bytes the answers that are kept for the Idempotency-Keys of a partner may have together, 512 for each included, unless an operator has set another number for it; 0 for any number',
    fallback: 268_435_456,
  }),
  maxCallsPerPartnerDay: kind.integer('MAX_CALLS_PER_PARTNER_DAY', {
    min: 0,
    max: 100_000_000,
    what: 'how many calls a partner may start in a day, unless an operator has set another number for it; 0 for any number',
    fallback: 1_000,
  }),
  maxCallsAtOncePerPartner: kind.integer('MAX_CALLS_AT_ONCE_PER_PARTNER', {
    min: 0,
    max: 1_000_000,
    what: 'how many calls of a partner may be under way at once, by what has been heard of them; 0 for any number',
    fallback: 0,
  }),
  maxCallsAtOncePerConnection: kind.integer('MAX_CALLS_AT_ONCE_PER_CONNECTION', {
    min: 0,
    max: 1_000_000,
    what: 'how many calls of a connection may be under way at once, by what has been heard of them; 0 for any number',
    fallback: 0,
  }),
  maxEventStreamsPerPartner: kind.integer('MAX_EVENT_STREAMS_PER_PARTNER', {
    min: 0,
    max: 10_000,
    what: 'how many streams of events a partner may have open at one gateway; 0 for any number, up to the 1,500 of all partners',
    fallback: 1_000,
  }),
  maxPhoneNumbersPerPartner: kind.integer('MAX_PHONE_NUMBERS_PER_PARTNER', {
    min: 0,
    max: 100_000_000,
    what: 'how many phone numbers a partner may have before it can add no more by itself, those that VoiceLink lists and those of disconnected connections included, unless an operator has set another number for it; 0 for any number',
    fallback: 50_000,
  }),
};

/** How the engine paces itself, in the loops and for single requests. */
const engine = {
  sweepIntervalMs: kind.milliseconds('SWEEP_INTERVAL_MS', {
    what: 'the time between two sweeps of a connection; a verdict that none has confirmed for twice as long is stale, so gateways and reconcilers need the same value',
    fallback: 60_000,
  }),
  resyncIntervalMs: kind.milliseconds('RESYNC_INTERVAL_MS', {
    max: 604_800_000,
    what: 'how soon a settled declaration is looked at again by itself',
    fallback: 600_000,
  }),
  backoffBaseMs: kind.milliseconds('BACKOFF_BASE_MS', {
    what: 'the longest first delay after a failure',
    fallback: 1_000,
  }),
  backoffCapMs: kind.milliseconds('BACKOFF_CAP_MS', {
    what: 'the longest delay after repeated failures',
    fallback: 300_000,
  }),
};

/** Limits that keep a faulty answer of VoiceLink from doing damage. */
const guards = {
  guardMin: kind.integer('GUARD_MIN', {
    min: 0,
    max: 1_000_000,
    what: 'how many DIDs may break in one sweep before writes are held, at least',
    fallback: 10,
  }),
  guardPercent: kind.percentage('GUARD_PERCENT', {
    what: "which share of a connection's DIDs may break in one sweep before writes are held",
    fallback: '1',
  }),
  listLossPercent: kind.percentage('LIST_LOSS_PERCENT', {
    what: 'from which share of missing rows on, two at least, a VoiceLink list is suspect as a whole',
    fallback: '10',
  }),
  listLossBelievedAfterMs: kind.milliseconds('LIST_LOSS_BELIEVED_AFTER_MS', {
    max: 86_400_000,
    what: 'how long rows must have been missing from a suspect list until that is believed, and a bot until its client gets another',
    fallback: 300_000,
  }),
};

export const gatewayVariables = {
  ...database,
  ...databaseLimits,
  ...secrets,
  ...logging,
  ...build,
  ...tracing,
  ...host,
  ...voicelink,
  ...upstream,
  ...leases,
  ...engine,
  ...guards,
  ...requestLimits,
  ...tenantLimits,
  ...carriers,
  ...publicAddress,
  ...webhooks,
  webhookAllowHttp: kind.flag('WEBHOOK_ALLOW_HTTP', {
    what: 'whether a webhook may have a URL that begins with http://, for local use; events then travel in the clear',
    fallback: false,
  }),
  tataSmartfloBaseUrlAllowlist: kind.httpUrls('TATA_SMARTFLO_BASE_URL_ALLOWLIST', {
    what: 'the base URLs that a Tata Smartflo connection may name',
    fallback: 'https://api-smartflo.tatateleservices.com',
  }),
  port: kind.integer('PORT', {
    min: 0,
    max: 65_535,
    what: 'the port of the REST API, 0 for any free one',
    fallback: 3000,
  }),
  ...metrics(9465),
};

/** When work is done, and how much of it at once. */
const pace = {
  reconcileConcurrency: kind.integer('RECONCILE_CONCURRENCY', {
    min: 1,
    max: 256,
    what: 'how many DIDs are worked on at once',
    fallback: 32,
  }),
  pollIntervalMs: kind.milliseconds('POLL_INTERVAL_MS', {
    max: 60_000,
    what: 'how long work may lie unnoticed when no notification arrives',
    fallback: 2_000,
  }),
  relayIntervalMs: kind.milliseconds('RELAY_INTERVAL_MS', {
    max: 60_000,
    what: 'how often the event log is looked at for events to deliver',
    fallback: 250,
  }),
  sequencerIntervalMs: kind.milliseconds('SEQUENCER_INTERVAL_MS', {
    max: 60_000,
    what: 'how often committed events are given their positions while no notifications arrive',
    fallback: 250,
  }),
};

export const reconcilerVariables = {
  ...database,
  ...databaseLimits,
  ...secrets,
  ...kafka,
  ...logging,
  ...build,
  ...tracing,
  ...host,
  ...metrics(9464),
  ...voicelink,
  ...upstream,
  ...leases,
  ...engine,
  ...pace,
  ...retention,
  ...guards,
  ...carriers,
  publicBaseUrl: publicAddress.publicBaseUrl,
  ...webhooks,
  ...webhookDelivery,
};

export const adminVariables = {
  ...database,
  migrationDatabaseUrl: kind.postgresUrlFor(
    'MIGRATION_DATABASE_URL',
    'the URL of the same database for the role that owns its tables, which `migrate` works as, or empty for that of DATABASE_URL',
  ),
  ...secrets,
  ...kafka,
  ...logging,
  ...voicelink,
};
