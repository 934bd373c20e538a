import { Inject, Injectable } from '@nestjs/common';
import type { CallHandover, CallRow, ConnectionRow, NewCall } from '@dialtone/persistence';
import type { Logger } from '@dialtone/platform';
import type { CallPlacement, HttpVoiceLinkAccount } from '@dialtone/voicelink';
import type { Call } from '../http/call';
import { ConnectionSelection, requestedConnection } from '../http/input/connection-selection';
import { voiceLinkClosed } from '../http/errors/voicelink-errors';
import { ACCOUNTS, LOGGER, type VoiceLinkAccounts } from '../outside/tokens';
import { CallRecords } from './call-records';
import { notOfProvider, notPlaced, providerNotSupported } from './call-errors';
import { DEFAULT_PROVIDER, type StartCallBody } from './calls.dto';

const VOICELINK = 'voicelink';

/** Starts outbound calls. Records a call before asking VoiceLink for it, and asks once. */
@Injectable()
export class CallsService {
  constructor(
    private readonly connections: ConnectionSelection,
    @Inject(ACCOUNTS) private readonly accounts: VoiceLinkAccounts,
    private readonly records: CallRecords,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async start(call: Call, body: StartCallBody): Promise<CallRow> {
    const connection = await this.choose(call, body);
    const account = await this.open(connection);
    const recorded = await this.records.record(call, connection, body);
    const placement = await this.place(call, { account, recorded, body });
    this.note(call, recorded, placement);
    await this.records.noteHandover(recorded, handoverOf(placement));
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

  private async place(
    { once }: Call,
    parts: { readonly account: HttpVoiceLinkAccount; readonly recorded: NewCall; readonly body: StartCallBody },
  ): Promise<CallPlacement> {
    const { account, recorded, body } = parts;
    try {
      await once.begin();
    } catch (error) {
      await this.records.noteHandover(recorded, { kind: 'refused', reason: 'not sent: the request was taken over' });
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
    ? { kind: 'accepted', carrierId: placement.id === null ? null : String(placement.id) }
    : { kind: placement.kind, reason: placement.failure.message };
