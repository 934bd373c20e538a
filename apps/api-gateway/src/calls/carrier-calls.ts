import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { type Carrier, type CarrierName, type Placement } from '@dialtone/carriers';
import { phoneNumberOf, RING_SECONDS } from '@dialtone/domain';
import type { CallHandover, CarrierAccessStore, ConnectionRow } from '@dialtone/persistence';
import type { Logger } from '@dialtone/platform';
import { callbackUrlsOf } from '../callbacks/callback-paths';
import { handoverOfCall } from '../callbacks/handover-of-call';
import {
  CARRIER_ACCESS,
  CARRIERS,
  GATEWAY_SETTINGS,
  LOGGER,
  type CarrierAccounts,
  type GatewaySettings,
} from '../outside/tokens';
import { carrierRefusal, noPublicUrl, noSipGateway, unopenedCarrier, writesNothing } from './carrier-errors';
import type { CallToPlace, PlaceCall } from './placing';

/** Calls through all carriers but VoiceLink: they ask for the media endpoint when the call is answered, and tell how it goes. */
@Injectable()
export class CarrierCalls implements OnApplicationBootstrap {
  constructor(
    @Inject(CARRIERS) private readonly carriers: CarrierAccounts,
    @Inject(CARRIER_ACCESS) private readonly access: CarrierAccessStore,
    @Inject(GATEWAY_SETTINGS) private readonly settings: GatewaySettings,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    if (this.settings.publicBaseUrl === null) {
      this.logger.warn('PUBLIC_BASE_URL is not set: calls can only be placed through VoiceLink');
    }
  }

  /** Throws when no call can be placed through this connection, before one is recorded. */
  async open(connection: ConnectionRow, provider: CarrierName): Promise<PlaceCall> {
    const { publicBaseUrl } = this.settings;
    if (publicBaseUrl === null) throw noPublicUrl(provider);
    if (provider === 'sip' && !this.settings.hasSipGateway) throw noSipGateway();
    if (this.settings.dryRun) throw writesNothing(provider);
    const carrier = await this.carrierOf(connection, provider);
    return async (order) => {
      const placement = await carrier.placeCall(this.orderOf(order, provider, publicBaseUrl));
      const refusal = placement.kind === 'refused' ? carrierRefusal(provider, placement.failure) : null;
      return { handover: handoverOf(placement), refusal };
    };
  }

  /** Null where it cannot be opened. */
  async find({
    id,
    provider,
  }: Pick<ConnectionRow, 'id'> & { readonly provider: CarrierName }): Promise<Carrier | null> {
    const access = await this.access.find(id);
    if (access === null || access.credentials === null) return null;
    return this.carriers.open(provider, { baseUrl: access.baseUrl, credentials: access.credentials });
  }

  private async carrierOf({ id }: ConnectionRow, provider: CarrierName): Promise<Carrier> {
    const carrier = await this.find({ id, provider });
    if (carrier === null) throw unopenedCarrier(provider);
    return carrier;
  }

  private orderOf(
    { call, callbackToken, variables }: CallToPlace,
    provider: CarrierName,
    publicBaseUrl: string,
  ): Parameters<Carrier['placeCall']>[0] {
    return {
      ...handoverOfCall(call, variables, this.settings.defaultWebsocketUrl),
      ...callbackUrlsOf(publicBaseUrl, { provider, token: callbackToken, callId: call.id }),
      callerId: call.fromNumber,
      from: phoneNumberOf(call.fromKey),
      to: call.toNumber,
      ringSeconds: RING_SECONDS,
    };
  }
}

/** The outcome of a call that may ring is not the caller's to know: told of a failure, it would ask again. */
const handoverOf = (placement: Placement): CallHandover =>
  placement.kind === 'accepted'
    ? { kind: 'accepted', carrierId: placement.carrierId }
    : { kind: placement.kind, reason: placement.failure.message };
