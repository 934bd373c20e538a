import { Inject, Injectable } from '@nestjs/common';
import type { CallHandover, CallRow } from '@dialtone/persistence';
import type { Logger } from '@dialtone/platform';
import type { Call } from '../http/call';
import { ConnectionSelection, requestedConnection } from '../http/input/connection-selection';
import { LOGGER } from '../outside/tokens';
import { CallRecords } from './call-records';
import { DEFAULT_PROVIDER, type StartCallBody } from './calls.dto';
import type { CallToPlace, Placed, PlaceCall } from './placing';
import { Placers } from './placers';

/** Starts outbound calls. Records a call before asking its carrier for it, and asks once. */
@Injectable()
export class CallsService {
  constructor(
    private readonly connections: ConnectionSelection,
    private readonly placers: Placers,
    private readonly records: CallRecords,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async start(call: Call, body: StartCallBody): Promise<CallRow> {
    const provider = body.provider ?? DEFAULT_PROVIDER;
    const requested = requestedConnection(body);
    const connection = await this.connections.active(call.principal.partnerId, requested, provider);
    const place = await this.placers.open(connection);
    const order = await this.records.record(call, connection, body);
    const placed = await this.place(call, order, place);
    this.note(call, order.call, placed.handover);
    await this.records.noteHandover(order.call, placed.handover);
    if (placed.refusal !== null) throw placed.refusal;
    return order.call;
  }

  private async place({ once }: Call, order: CallToPlace, place: PlaceCall): Promise<Placed> {
    try {
      await once.begin();
    } catch (error) {
      await this.records.noteHandover(order.call, { kind: 'refused', reason: 'not sent: the request was taken over' });
      throw error;
    }
    return place(order);
  }

  /** Logs the caller and the connection, never the called number. */
  private note({ principal, request }: Call, { id, connectionId, provider }: CallRow, { kind }: CallHandover): void {
    const line = {
      request_id: request.id,
      partner_id: principal.partnerId,
      api_key_id: principal.apiKeyId,
      connection_id: connectionId,
      provider,
      call_id: id,
      outcome: kind,
    };
    this.logger.info(line, 'a call was handed over to its carrier');
  }
}
