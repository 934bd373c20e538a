import { Carriers, type SipGateway } from '@dialtone/carriers';
import type { GatewayConfig, ReconcilerConfig } from '@dialtone/platform';

type CarrierConfig = Pick<
  GatewayConfig & ReconcilerConfig,
  | 'carrierBaseUrls'
  | 'carrierPrivateNetworks'
  | 'carrierTimeoutMs'
  | 'sipGatewayKind'
  | 'sipGatewayUrl'
  | 'sipGatewayAccount'
  | 'sipGatewayKey'
  | 'sipGatewayLeadingPlus'
>;

const sipGatewayOf = (config: CarrierConfig): SipGateway | null =>
  config.sipGatewayUrl === null
    ? null
    : {
        kind: config.sipGatewayKind,
        url: config.sipGatewayUrl,
        account: config.sipGatewayAccount,
        key: config.sipGatewayKey ?? '',
        leadingPlus: config.sipGatewayLeadingPlus,
      };

/** The carriers other than VoiceLink, as this deployment reaches them. */
export const carriersOf = (config: CarrierConfig): Carriers =>
  new Carriers({
    baseUrls: config.carrierBaseUrls,
    privateNetworks: config.carrierPrivateNetworks,
    timeoutMs: config.carrierTimeoutMs,
    sipGateway: sipGatewayOf(config),
  });
