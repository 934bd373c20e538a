import { Inject, Injectable } from '@nestjs/common';
import { carrierInfo, type CarrierName } from '@dialtone/carriers';
import { isCallOver, parseAgentId, type CallStatus } from '@dialtone/domain';
import type { CallStore, CallView, Principal } from '@dialtone/persistence';
import type { Call } from '../http/call';
import { ApiError } from '../http/errors/api-error';
import { requestedConnection } from '../http/input/connection-selection';
import { CALL_STORE } from '../outside/tokens';
import type { CallsQuery } from './call-view.dto';
import { CarrierCalls } from './carrier-calls';
import { carrierRefusal, cannotEnd, notEndedYet, unopenedCarrier } from './carrier-errors';

/** How soon a call that was told to end is looked at, ms: its callback comes sooner. */
const LOOK_AFTER_END_MS = 10_000;

/** Calls that were started: how they stand, and their end. */
@Injectable()
export class CallReading {
  constructor(
    @Inject(CALL_STORE) private readonly calls: CallStore,
    private readonly carriers: CarrierCalls,
  ) {}

  page({ partnerId }: Principal, query: CallsQuery): ReturnType<CallStore['page']> {
    const { status, agent_id, provider, limit, offset } = query;
    return this.calls.page({
      partnerId,
      status: status?.toLowerCase() as CallStatus | undefined,
      agentId: agent_id === undefined ? undefined : (parseAgentId(agent_id) ?? undefined),
      connectionId: requestedConnection(query) ?? undefined,
      provider,
      limit,
      offset,
    });
  }

  async find({ partnerId }: Principal, id: string): Promise<CallView> {
    const call = await this.calls.find(partnerId, id);
    if (call === null) throw new ApiError('NOT_FOUND', 'This partner has no such call: check the id.');
    return call;
  }

  /** The call as it is known to stand afterwards; one that is over stays as it is. */
  async end({ principal, once }: Call, id: string): Promise<CallView> {
    const call = await this.find(principal, id);
    if (isCallOver(call.status)) return call;
    const { provider } = call;
    if (provider === 'voicelink') throw cannotEnd('VoiceLink');
    await once.begin();
    await this.hangUp(call, provider);
    await this.calls.lookWithin(id, LOOK_AFTER_END_MS);
    return this.find(principal, id);
  }

  private async hangUp({ connectionId, known: { carrierId } }: CallView, provider: CarrierName): Promise<void> {
    if (carrierId === null) throw notEndedYet();
    const carrier = await this.carriers.find({ id: connectionId, provider });
    if (carrier === null) throw unopenedCarrier(provider);
    const ending = await carrier.endCall(carrierId);
    if (ending.kind === 'unsupported') throw cannotEnd(carrierInfo(provider).label);
    if (ending.kind === 'failed') throw carrierRefusal(provider, ending.failure);
  }
}
