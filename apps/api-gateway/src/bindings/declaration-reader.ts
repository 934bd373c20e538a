import { Injectable } from '@nestjs/common';
import type { DidKey, PartnerId } from '@dialtone/domain';
import type { Precondition } from '@dialtone/engine';
import type { AskedItem } from '@dialtone/persistence';
import { ConnectionSelection, requestedConnection } from '../http/input/connection-selection';
import type { DeclareBindingBody } from './bindings.dto';
import { toMarks, toSpec } from './bindings.mapper';
import { DeclaredClient } from './declared-client';

/** Reads the declaration of one number, with what it is checked against: connection and client. */
@Injectable()
export class DeclarationReader {
  constructor(
    private readonly connections: ConnectionSelection,
    private readonly clients: DeclaredClient,
  ) {}

  async read(
    partnerId: PartnerId,
    key: DidKey,
    body: DeclareBindingBody,
    precondition: Precondition,
  ): Promise<AskedItem> {
    const connection = await this.connections.active(partnerId, requestedConnection(body));
    const spec = toSpec(body);
    const { clientId } = spec;
    const missing = await this.clients.missing(connection.id, clientId === null ? [] : [clientId]);
    return {
      key,
      connectionId: connection.id,
      spec,
      marks: toMarks(body),
      takeOver: body.take_over ?? false,
      isClientMissing: clientId !== null && missing.has(clientId),
      precondition,
    };
  }
}
