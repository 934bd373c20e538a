import { Inject, Injectable } from '@nestjs/common';
import { parseAgentId } from '@dialtone/domain';
import type { CallHandover, CallRow, CallStore, ConnectionRow } from '@dialtone/persistence';
import type { CallMetrics, Logger } from '@dialtone/platform';
import type { Call } from '../http/call';
import { invalidInput } from '../http/errors/api-error';
import { CALL_METRICS, CALL_STORE, GATEWAY_SETTINGS, LOGGER, type GatewaySettings } from '../outside/tokens';
import { notRecorded } from './call-errors';
import type { StartCallBody } from './calls.dto';
import type { CallToPlace } from './placing';

/** Records calls before their carriers are asked for them, within the limits of their partner, and how the request went. */
@Injectable()
export class CallRecords {
  constructor(
    @Inject(CALL_STORE) private readonly calls: CallStore,
    @Inject(GATEWAY_SETTINGS) private readonly settings: GatewaySettings,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(CALL_METRICS) private readonly metrics: CallMetrics,
  ) {}

  async record({ principal }: Call, { id, provider }: ConnectionRow, body: StartCallBody): Promise<CallToPlace> {
    const agentId = parseAgentId(body.agent_id);
    if (agentId === null) throw invalidInput('agent_id', 'agent_id must be a UUID.');
    const { partnerId, apiKeyId } = principal;
    const variables = body.variables ?? {};
    const recorded = await this.calls.record({
      partnerId,
      connectionId: id,
      agentId,
      toNumber: body.to_number,
      apiKeyId,
      // VoiceLink is given them with the call; the others ask for them when it is answered.
      ...(provider !== 'voicelink' && { variables }),
      limits: {
        homeCallingCode: this.settings.countryCode,
        perDay: this.settings.callsPerPartnerDay,
        atOnce: this.settings.callsAtOnce,
      },
    });
    if (recorded.kind !== 'recorded') throw notRecorded(recorded);
    return { call: recorded.call, callbackToken: recorded.callbackToken, variables };
  }

  /** Failing to note must not hide the carrier's answer. The call then stays pending, with its handover open. */
  async noteHandover({ id, provider }: CallRow, handover: CallHandover): Promise<void> {
    this.metrics.started(provider, handover.kind);
    try {
      await this.calls.noteHandover(id, handover);
    } catch (error) {
      this.logger.warn(
        { err: error, call_id: id, handover: handover.kind },
        'how a call was handed over was not noted',
      );
    }
  }
}
