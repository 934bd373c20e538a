import { Inject, Injectable } from '@nestjs/common';
import type { CallHandover, ConnectionRow } from '@dialtone/persistence';
import type { CallPlacement } from '@dialtone/voicelink';
import { voiceLinkClosed } from '../http/errors/voicelink-errors';
import { callbackUrlsOf } from '../callbacks/callback-paths';
import { ACCOUNTS, GATEWAY_SETTINGS, type GatewaySettings, type VoiceLinkAccounts } from '../outside/tokens';
import { notPlaced } from './call-errors';
import type { PlaceCall } from './placing';

/** Calls through VoiceLink, whose bot knows the media endpoint by itself. */
@Injectable()
export class VoiceLinkCalls {
  constructor(
    @Inject(ACCOUNTS) private readonly accounts: VoiceLinkAccounts,
    @Inject(GATEWAY_SETTINGS) private readonly settings: GatewaySettings,
  ) {}

  /** Throws when the connection's account cannot be opened. */
  async open({ id }: ConnectionRow): Promise<PlaceCall> {
    const account = await this.accounts.open(id);
    if (account === null) throw voiceLinkClosed();
    return async ({ call, callbackToken, variables }) => {
      const placement = await account.placeCall({
        from: call.fromKey,
        to: call.toNumber.slice(1),
        parameters: { call_id: call.id, session_id: call.sessionId, agent_id: call.agentId, variables },
        webhookUrl: this.webhookUrlOf(call.id, callbackToken),
      });
      const refusal = placement.kind === 'accepted' ? null : notPlaced(call.id, placement);
      return { handover: handoverOf(placement), refusal };
    };
  }

  /** Without a public URL VoiceLink cannot tell how the call goes, and it has no request that would. */
  private webhookUrlOf(callId: string, token: string): string | undefined {
    const { publicBaseUrl, voicelinkCallEvents } = this.settings;
    return publicBaseUrl === null || !voicelinkCallEvents
      ? undefined
      : callbackUrlsOf(publicBaseUrl, { provider: 'voicelink', token, callId }).statusUrl;
  }
}

const handoverOf = (placement: CallPlacement): CallHandover =>
  placement.kind === 'accepted'
    ? { kind: 'accepted', carrierId: placement.id === null ? null : String(placement.id) }
    : { kind: placement.kind, reason: placement.failure.message };
