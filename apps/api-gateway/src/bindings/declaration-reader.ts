import { Injectable } from '@nestjs/common';
import type { DidKey, PartnerId } from '@dialtone/domain';
import type { Precondition } from '@dialtone/engine';
import type { AskedItem } from '@dialtone/persistence';
import { ConnectionSelection, requestedConnection } from '../http/input/connection-selection';
import type { DeclareBindingBody } from './bindings.dto';
import { toMarks, toSpec } from './bindings.mapper';
import { DeclaredClient } from './declared-client';

/** A declaration, and how it is refused before what the store refuses. */
interface ReadDeclaration {
  readonly asked: AskedItem;
  /** Throws if its connection is none to declare on; call before any other refusal is told. */
  readonly checkConnection: () => Promise<void>;
}

/**
 * Reads the declaration of one number, with what it is checked against: connection and client. A connection that is named is
 * looked at by the store, which refuses one that is not there in the statement that it makes anyway.
 */
@Injectable()
export class DeclarationReader {
  constructor(
    private readonly connections: ConnectionSelection,
    private readonly clients: DeclaredClient,
  ) {}

  /** `isInspected`: something else than the store looks at it, and must not before its connection is known. */
  async read(
    partnerId: PartnerId,
    key: DidKey,
    body: DeclareBindingBody,
    { precondition, isInspected }: { readonly precondition: Precondition; readonly isInspected: boolean },
  ): Promise<ReadDeclaration> {
    const requested = requestedConnection(body);
    const { clientId, ...rest } = toSpec(body);
    const isLeftToStore = requested !== null && clientId === null && !isInspected;
    const connectionId = isLeftToStore ? requested : (await this.connections.active(partnerId, requested)).id;
    const missing = await this.clients.missing(connectionId, clientId === null ? [] : [clientId]);
    return {
      asked: {
        key,
        connectionId,
        spec: { ...rest, clientId },
        marks: toMarks(body),
        takeOver: body.take_over ?? false,
        isClientMissing: clientId !== null && missing.has(clientId),
        precondition,
      },
      checkConnection: async () => {
        if (isLeftToStore) await this.connections.active(partnerId, requested);
      },
    };
  }
}
