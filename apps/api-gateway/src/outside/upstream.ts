import { writeWaitMs } from '@dialtone/engine';
import type { Stores } from '@dialtone/persistence';
import {
  SystemClock,
  upstreamGateObserver,
  gateMetrics,
  unreadableValues,
  upstreamMetrics,
  type GatewayConfig,
  type Logger,
  type Registry,
  type UpstreamMetrics,
} from '@dialtone/platform';
import { AccountPool, type UpstreamProtection } from '@dialtone/voicelink';

/** Shared by all requests of this process to VoiceLink. */
export interface Upstream {
  readonly metrics: UpstreamMetrics;
  readonly protection: UpstreamProtection;
  readonly unreadableOf: ReturnType<typeof unreadableValues>;
}

interface Parts {
  readonly config: GatewayConfig;
  readonly logger: Logger;
  readonly registry: Registry;
}

export const upstreamOf = (stores: Stores, { config, logger, registry }: Parts): Upstream => {
  return {
    metrics: upstreamMetrics(registry),
    unreadableOf: unreadableValues(registry, logger),
    protection: {
      budget: stores.rateBudget,
      clock: new SystemClock(),
      limits: {
        ratePerSecond: config.voicelinkRatePerSecond,
        burst: config.voicelinkRateBurst,
        writeWaitMs: writeWaitMs(config.voicelinkTimeoutMs),
      },
      observerOf: upstreamGateObserver(gateMetrics(registry), logger),
    },
  };
};

export const accountsOf = (
  stores: Stores,
  config: GatewayConfig,
  { metrics, protection, unreadableOf }: Upstream,
): AccountPool =>
  new AccountPool({
    source: stores.connections,
    allowedBaseUrls: config.voicelinkBaseUrlAllowlist,
    protection,
    unreadableOf,
    account: {
      timeouts: { totalMs: config.voicelinkTimeoutMs },
      dryRun: config.dryRun,
      countryCode: config.voicelinkCountryCode,
      expiryTimezoneOffset: config.voicelinkExpiryUtcOffset,
      observer: metrics,
    },
  });
