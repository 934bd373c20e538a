import { writeWaitMs } from '@dialtone/engine';
import type { Stores } from '@dialtone/persistence';
import {
  SystemClock,
  upstreamGateObserver,
  type GateMetrics,
  type Logger,
  type ReconcilerConfig,
  type UpstreamMetrics,
} from '@dialtone/platform';
import { AccountPool, type AccountPoolOptions, type UpstreamProtection } from '@dialtone/voicelink';
import { noting } from './noted-breakers';

/** The same in every process: they share one budget per credential, and count on each other's waits. */
export type UpstreamConfig = Pick<
  ReconcilerConfig,
  | 'dryRun'
  | 'voicelinkBaseUrlAllowlist'
  | 'voicelinkCountryCode'
  | 'voicelinkExpiryUtcOffset'
  | 'voicelinkRateBurst'
  | 'voicelinkRatePerSecond'
  | 'voicelinkTimeoutMs'
>;

/** What every request of this process to VoiceLink passes: the shared rate budget, and a breaker per connection, which is noted. */
export const protectionOf = (
  stores: Pick<Stores, 'rateBudget' | 'connectionStates'>,
  parts: { readonly config: UpstreamConfig; readonly logger: Logger; readonly metrics: GateMetrics },
): UpstreamProtection => {
  const { config, logger, metrics } = parts;
  const observerOf = upstreamGateObserver(metrics, logger);
  return {
    budget: stores.rateBudget,
    clock: new SystemClock(),
    limits: {
      ratePerSecond: config.voicelinkRatePerSecond,
      burst: config.voicelinkRateBurst,
      writeWaitMs: writeWaitMs(config.voicelinkTimeoutMs),
    },
    observerOf: (id) => (id === null ? observerOf(id) : noting(id, observerOf(id), stores.connectionStates, logger)),
  };
};

/** The VoiceLink accounts behind the connections. The caller closes it. */
export const accountPoolOf = (
  stores: Pick<Stores, 'connections'>,
  parts: {
    readonly config: UpstreamConfig;
    readonly protection: UpstreamProtection;
    readonly metrics: UpstreamMetrics;
    readonly unreadableOf: NonNullable<AccountPoolOptions['unreadableOf']>;
    /** See `AccountPoolOptions`. */
    readonly sureForMs?: number;
  },
): AccountPool => {
  const { config, protection, metrics, unreadableOf, sureForMs = 0 } = parts;
  return new AccountPool({
    source: stores.connections,
    allowedBaseUrls: config.voicelinkBaseUrlAllowlist,
    protection,
    unreadableOf,
    sureForMs,
    account: {
      timeouts: { totalMs: config.voicelinkTimeoutMs },
      dryRun: config.dryRun,
      countryCode: config.voicelinkCountryCode,
      expiryTimezoneOffset: config.voicelinkExpiryUtcOffset,
      observer: metrics,
    },
  });
};
