import { Carriers } from '@dialtone/carriers';
import type { GatewayConfig, ReconcilerConfig } from '@dialtone/platform';

type CarrierConfig = Pick<
  GatewayConfig & ReconcilerConfig,
  'carrierBaseUrls' | 'carrierPrivateNetworks' | 'carrierTimeoutMs'
>;

/** The carriers other than VoiceLink, as this deployment reaches them. */
export const carriersOf = (config: CarrierConfig): Carriers =>
  new Carriers({
    baseUrls: config.carrierBaseUrls,
    privateNetworks: config.carrierPrivateNetworks,
    timeoutMs: config.carrierTimeoutMs,
    sipGateway: null,
  });
