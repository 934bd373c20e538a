import { createHash, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { callbacksOf, fieldsOf, type AnswerDocument, type CallbackRequest } from '@dialtone/carriers';
import { isCallOver, type ConnectionId, type DidKey } from '@dialtone/domain';
import type { AnsweringAgent, CarrierAccessStore, NumberPointings, StoredAccess } from '@dialtone/persistence';
import type { Logger } from '@dialtone/platform';
import { CARRIER_ACCESS, GATEWAY_SETTINGS, LOGGER, NUMBER_POINTINGS, type GatewaySettings } from '../outside/tokens';
import { carrierNumberKey } from '../phone-numbers/carrier-number-key';
import { CallbackBounds } from './callback-bounds';
import type { InboundPath } from './callback-paths';
import { proven } from './callback-proof';
import { noSuchCallback } from './heard-calls';

/** `handed_over` to an agent; `declined`: no agent answers this number here; `heard`: the call is over. */
export type InboundOutcome = 'handed_over' | 'declined' | 'heard';

/** Of one connection: a carrier that asks more often than this is not asked by callers. */
const PER_MINUTE = 1_200;

/** No carrier's id is longer. */
const MAX_ID = 128;

/** The connection whose token the path has. */
export interface InboundPlace {
  readonly path: InboundPath;
  readonly access: StoredAccess;
}

/** Inbound calls: the carrier asks what to do with one, and the agent of the number that was called decides. */
@Injectable()
export class InboundCallsService {
  private readonly bounds = new CallbackBounds(Date.now);

  constructor(
    @Inject(NUMBER_POINTINGS) private readonly pointings: NumberPointings,
    @Inject(CARRIER_ACCESS) private readonly access: CarrierAccessStore,
    @Inject(GATEWAY_SETTINGS) private readonly settings: GatewaySettings,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Before a body is read. Throws NOT_FOUND for a token that this connection's carrier was not given: no look-up is made for it. */
  async find(path: InboundPath): Promise<InboundPlace> {
    const [given, own] = [Buffer.from(path.token), Buffer.from(this.pointings.tokenOf(path.connectionId))];
    if (given.length !== own.length || !timingSafeEqual(given, own)) throw noSuchCallback();
    const access = await this.bounds.lookUp(() => this.access.find(path.connectionId));
    if (access?.provider !== path.provider) throw noSuchCallback();
    return { path, access };
  }

  /** Throws RATE_LIMITED when this connection is called too often. */
  admit({ path }: InboundPlace): void {
    this.bounds.count(path.connectionId, PER_MINUTE);
  }

  /** `target`: path and query, as they came. Throws FORBIDDEN for what is not the carrier's. */
  async hear(
    { path: { provider, connectionId }, access }: InboundPlace,
    { target, ...request }: Omit<CallbackRequest, 'url'> & { readonly target: string },
  ): Promise<{ readonly document: AnswerDocument; readonly outcome: InboundOutcome }> {
    const spec = callbacksOf(provider);
    const seen = { ...request, url: (this.settings.publicBaseUrl ?? '') + target };
    const line = { provider, connection_id: connectionId };
    proven(seen, { spec, access, line, gatewaySecret: null, logger: this.logger });
    const fields = fieldsOf(seen);
    const heard = spec.hear(fields);
    if (heard !== null && isCallOver(heard.state)) return { document: spec.acknowledgement, outcome: 'heard' };
    const called = textOf(fields['To']);
    const agent = await this.agentOf(connectionId, called);
    if (agent === null) {
      this.logger.warn(line, 'an inbound call was declined: no agent answers its number here');
      return { document: spec.hangUp, outcome: 'declined' };
    }
    const ids = idsOf(connectionId, heard?.carrierId ?? '');
    this.logger.info({ ...line, ...ids, agent_id: agent.agentId }, 'an inbound call was handed over to its agent');
    const handover = {
      callId: ids.call_id,
      mediaUrl: this.settings.defaultWebsocketUrl,
      parameters: {
        session_id: ids.session_id,
        agent_id: agent.agentId,
        direction: 'inbound',
        from_number: textOf(fields['From']),
        to_number: called,
      },
    };
    return { document: spec.handOver(handover, fields), outcome: 'handed_over' };
  }

  private async agentOf(connectionId: ConnectionId, called: string): Promise<AnsweringAgent | null> {
    const key: DidKey | null = carrierNumberKey(called, this.settings.countryCode);
    return key === null ? null : this.bounds.lookUp(() => this.pointings.answering(connectionId, key));
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value.trim().slice(0, MAX_ID) : '');

/** The same for the same call of the carrier: a request that the carrier repeats is about one call. */
const idsOf = (
  connectionId: ConnectionId,
  carrierId: string,
): { readonly call_id: string; readonly session_id: string } => {
  const idOf = (what: string): string => {
    const digest = createHash('sha256').update(`${what}|${connectionId}|${carrierId}`).digest('hex');
    return digest.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-8$3-8$4-$5');
  };
  return { call_id: idOf('call'), session_id: idOf('session') };
};
