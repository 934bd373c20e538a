import { Inject, Injectable } from '@nestjs/common';
import {
  callbacksOf,
  fieldsOf,
  type AnswerDocument,
  type CallbackRequest,
  type CallbackSpec,
  type HeardCall,
} from '@dialtone/carriers';
import { isCallOver, type CallStatus } from '@dialtone/domain';
import type { CalledBack, CarrierAccessStore } from '@dialtone/persistence';
import type { Logger } from '@dialtone/platform';
import { CARRIER_ACCESS, GATEWAY_SETTINGS, LOGGER, type GatewaySettings } from '../outside/tokens';
import { CallbackBounds } from './callback-bounds';
import type { CallbackPath } from './callback-paths';
import { proven } from './callback-proof';
import { handoverOfCall } from './handover-of-call';
import { HeardCalls, noSuchCallback, type Noted } from './heard-calls';
import type { InboundOutcome } from './inbound-calls.service';

/** What is said to a carrier, and what became of what it said. `silent`: it told nothing of the call. */
export interface AnsweredCallback {
  readonly document: AnswerDocument;
  readonly outcome: Noted['outcome'] | 'silent' | InboundOutcome;
}

/** What carriers say of calls. The token of the path says which call is meant, and stands for a signature where a carrier has none. */
@Injectable()
export class CallbacksService {
  private readonly bounds = new CallbackBounds(Date.now);

  constructor(
    private readonly calls: HeardCalls,
    @Inject(CARRIER_ACCESS) private readonly access: CarrierAccessStore,
    @Inject(GATEWAY_SETTINGS) private readonly settings: GatewaySettings,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Before a body is read. Throws NOT_FOUND for a token that no carrier of this name was given, and RATE_LIMITED when too many ask. */
  async find({ provider, token }: CallbackPath): Promise<CalledBack> {
    const call = await this.bounds.lookUp(() => this.calls.byToken(token));
    if (call?.provider !== provider) throw noSuchCallback();
    return call;
  }

  /** Throws RATE_LIMITED when this call is told of too often. */
  admit({ id }: CalledBack): void {
    this.bounds.count(id);
  }

  /** `target`: path and query, as they came. Throws FORBIDDEN for what is not the carrier's. */
  async hear(
    call: CalledBack,
    { provider, kind, token }: CallbackPath,
    { target, ...request }: Omit<CallbackRequest, 'url'> & { readonly target: string },
  ): Promise<AnsweredCallback> {
    const spec = callbacksOf(provider);
    const seen = { ...request, url: (this.settings.publicBaseUrl ?? '') + target };
    const access = await this.access.find(call.connectionId);
    const { id, connectionId } = call;
    const proof = proven(seen, {
      ...{ spec, access, gatewaySecret: this.settings.sipGatewaySecret, logger: this.logger },
      line: { call_id: id, provider, connection_id: connectionId },
    });
    const fields = fieldsOf(seen);
    const told = ofThisCall(call, spec.hear(fields)) ?? (kind === 'answer' ? ANSWERED : null);
    const { status, outcome } =
      told === null
        ? ({ status: call.status, outcome: 'silent' } as const)
        : await this.calls.note({ call, proof, access, token }, told);
    return {
      document: kind === 'status' ? spec.acknowledgement : this.whereTo(call, status, { spec, fields }),
      outcome,
    };
  }

  private whereTo(
    call: CalledBack,
    status: CallStatus,
    { spec, fields }: { readonly spec: CallbackSpec; readonly fields: Parameters<CallbackSpec['handOver']>[1] },
  ): AnswerDocument {
    if (isCallOver(status)) return spec.hangUp;
    return spec.handOver(handoverOfCall(call, call.variables, this.settings.defaultWebsocketUrl), fields);
  }
}

/** A carrier asks where a call goes when it was answered. */
const ANSWERED: HeardCall = {
  state: 'in_progress',
  at: null,
  carrierId: null,
  callId: null,
  durationSeconds: null,
  reason: null,
};

/** What names another call of ours tells nothing of this one. */
const ofThisCall = ({ id }: CalledBack, heard: HeardCall | null): HeardCall | null =>
  heard === null || heard.callId === null || heard.callId === id ? heard : null;
