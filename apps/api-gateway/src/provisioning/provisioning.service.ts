import { Inject, Injectable } from '@nestjs/common';
import { canonicalKey, parseAgentId, type AgentId, type ConnectionId } from '@dialtone/domain';
import type {
  CallReadyRequest,
  CallReadyResult,
  DidReference,
  Provisioner,
  SyncView,
  Unauthorized,
  Unavailable,
} from '@dialtone/engine';
import type { AgentStore, Principal } from '@dialtone/persistence';
import { agentNotFound, ApiError, invalidInput } from '../http/errors/api-error';
import type { Call } from '../http/call';
import { ConnectionSelection, requestedConnection } from '../http/input/connection-selection';
import { voiceLinkClosed, voiceLinkLoginRefused, voiceLinkPaused } from '../http/errors/voicelink-errors';
import { AGENT_STORE, GATEWAY_SETTINGS, PROVISIONER, type GatewaySettings } from '../outside/tokens';
import { mustBeNumber } from '../http/input/must-be-number';
import type { CallReadyBody, SyncBody } from './requests.dto';

/** `busy` is the sentence for a lease that another holder has. */
const refused = (outcome: Unavailable | Unauthorized, busy: string): ApiError => {
  switch (outcome.kind) {
    case 'disconnected':
      return voiceLinkClosed();
    case 'unauthorized':
      return voiceLinkLoginRefused(outcome.message);
    case 'paused':
      return voiceLinkPaused(outcome.why, outcome.retryAfterMs);
    case 'busy':
      return new ApiError('RESOURCE_BUSY', `${busy} Try again.`, { retryAfterMs: outcome.retryAfterMs });
  }
};

/** Syncs one connection or makes one number call-ready, for one partner. Refusals are ApiErrors. */
@Injectable()
export class ProvisioningService {
  constructor(
    @Inject(PROVISIONER) private readonly provisioner: Pick<Provisioner, 'sync' | 'callReady'>,
    @Inject(AGENT_STORE) private readonly agents: Pick<AgentStore, 'find'>,
    private readonly connections: ConnectionSelection,
    @Inject(GATEWAY_SETTINGS) private readonly settings: GatewaySettings,
  ) {}

  async sync(principal: Principal, body: SyncBody): Promise<SyncView> {
    const outcome = await this.provisioner.sync(await this.connectionOf(principal, body), body.import_dids ?? true);
    if (outcome.kind === 'synced') return outcome.view;
    // Another holder may have taken the lease over after the import: imported rows stay.
    throw refused(outcome, 'This connection is being looked at by somebody else at the moment.');
  }

  async callReady({ principal, request: { id: requestId } }: Call, body: CallReadyBody): Promise<CallReadyResult> {
    const did = this.referenceOf(body);
    const connectionId = await this.connectionOf(principal, body);
    const request: CallReadyRequest = {
      connectionId,
      did,
      clientId: body.client_id ?? null,
      agentId: await this.agentOf(principal, body),
      botName: body.bot_name ?? null,
      websocketUrl: body.websocket_url ?? null,
      actor: principal.apiKeyId,
      requestId,
    };
    const outcome = await this.provisioner.callReady(request);
    if (outcome.kind === 'finished') return outcome.result;
    throw refused(outcome, 'This number is being worked on at the moment; nothing was done.');
  }

  private async connectionOf({ partnerId }: Principal, body: SyncBody | CallReadyBody): Promise<ConnectionId> {
    return (await this.connections.active(partnerId, requestedConnection(body))).id;
  }

  private referenceOf({ did_id: didId, did_number: didNumber }: CallReadyBody): DidReference {
    if (didId !== undefined && didNumber !== undefined) {
      throw invalidInput('did_number', 'did_id and did_number exclude each other: send one of them.');
    }
    if (didId !== undefined) return { didId };
    if (didNumber === undefined) throw invalidInput('did_id', 'did_id or did_number is required.');
    const key = canonicalKey(didNumber, this.settings.countryCode);
    if (key !== null) return { key };
    throw invalidInput('did_number', mustBeNumber('did_number'));
  }

  private async agentOf({ partnerId }: Principal, { agent_id: raw }: CallReadyBody): Promise<AgentId | null> {
    const agentId = raw === undefined ? null : parseAgentId(raw);
    if (agentId === null || (await this.agents.find(partnerId, agentId)) !== null) return agentId;
    throw agentNotFound();
  }
}
