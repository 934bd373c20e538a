import { Inject, Injectable } from '@nestjs/common';
import { parseAgentId } from '@dialtone/domain';
import type { CallHandover, CallRow, CallStore, ConnectionRow } from '@dialtone/persistence';
import type { Logger } from '@dialtone/platform';
import type { CallPlacement, HttpVoiceLinkAccount } from '@dialtone/voicelink';
import { invalidInput } from '../http/errors/api-error';
import type { Call } from '../http/call';
import { ConnectionSelection, requestedConnection } from '../http/input/connection-selection';
import { voiceLinkClosed } from '../http/errors/voicelink-errors';
import { ACCOUNTS, CALL_STORE, LOGGER, type VoiceLinkAccounts } from '../outside/tokens';
import { notOfProvider, notPlaced, notRecorded, providerNotSupported } from './call-errors';
import { DEFAULT_PROVIDER, type StartCallBody } from './calls.dto';

const VOICELINK = 'voicelink';

/** Starts outbound calls. Records a call before asking VoiceLink for it, and asks once. */
@Injectable()
export class CallsService {
  constructor(
    private readonly connections: ConnectionSelection,
    @Inject(ACCOUNTS) private readonly accounts: VoiceLinkAccounts,
    @Inject(CALL_STORE) private readonly calls: CallStore,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async start(call: Call, body: StartCallBody): Promise<CallRow> {
    const connection = await this.choose(call, body);
    const account = await this.open(connection);
    const recorded = await this.record(call, connection, body);
    const placement = await this.place(call, { account, recorded, body });
    this.note(call, recorded, placement);
    await this.noteHandover(recorded, handoverOf(placement));
    if (placement.kind !== 'accepted') throw notPlaced(recorded.id, placement);
    return recorded;
  }

  private async choose({ principal }: Call, body: StartCallBody): Promise<ConnectionRow> {
    const provider = body.provider ?? DEFAULT_PROVIDER;
    const requested = requestedConnection(body);
    if (provider === VOICELINK) return this.connections.active(principal.partnerId, requested, provider);
    // A wrong connection_id is reported first. The lack of any connection is not: creating one would not help.
    const connection = await this.connections.candidate(principal.partnerId, requested, provider);
    if (connection === null && requested !== null) throw notOfProvider(provider);
    throw providerNotSupported(provider);
  }

  private async open({ id }: ConnectionRow): Promise<HttpVoiceLinkAccount> {
    const account = await this.accounts.open(id);
    if (account !== null) return account;
    throw voiceLinkClosed();
  }

  private async record({ principal }: Call, { id }: ConnectionRow, body: StartCallBody): Promise<CallRow> {
    const agentId = parseAgentId(body.agent_id);
    if (agentId === null) throw invalidInput('agent_id', 'agent_id must be a UUID.');
    const { partnerId, apiKeyId } = principal;
    const recorded = await this.calls.record({
      partnerId,
      connectionId: id,
      agentId,
      toNumber: body.to_number,
      apiKeyId,
    });
    if (recorded.kind !== 'recorded') throw notRecorded(recorded);
    return recorded.call;
  }

  private async place(
    { once }: Call,
    parts: { readonly account: HttpVoiceLinkAccount; readonly recorded: CallRow; readonly body: StartCallBody },
  ): Promise<CallPlacement> {
    const { account, recorded, body } = parts;
    try {
      await once.begin();
    } catch (error) {
      await this.noteHandover(recorded, { kind: 'refused', reason: 'not sent: the request was taken over' });
      throw error;
    }
    return account.placeCall({
      from: recorded.fromKey,
      to: recorded.toNumber.slice(1),
      parameters: {
        call_id: recorded.id,
        session_id: recorded.sessionId,
        agent_id: recorded.agentId,
        variables: body.variables ?? {},
      },
    });
  }

  /** Failing to note must not hide VoiceLink's answer. The call then stays pending, with its handover open. */
  private async noteHandover({ id }: CallRow, handover: CallHandover): Promise<void> {
    try {
      await this.calls.noteHandover(id, handover);
    } catch (error) {
      this.logger.warn(
        { err: error, call_id: id, handover: handover.kind },
        'how a call was handed over was not noted',
      );
    }
  }

  /** Logs the caller and the connection, never the called number. */
  private note({ principal, request }: Call, { id, connectionId }: CallRow, { kind }: CallPlacement): void {
    const line = {
      request_id: request.id,
      partner_id: principal.partnerId,
      api_key_id: principal.apiKeyId,
      connection_id: connectionId,
      call_id: id,
      outcome: kind,
    };
    this.logger.info(line, 'a call was handed over to VoiceLink');
  }
}

const handoverOf = (placement: CallPlacement): CallHandover =>
  placement.kind === 'accepted'
    ? { kind: 'accepted', carrierId: placement.id }
    : { kind: placement.kind, reason: placement.failure.message };
