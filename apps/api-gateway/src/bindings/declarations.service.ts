import { Inject, Injectable } from '@nestjs/common';
import type { DidKey } from '@dialtone/domain';
import type { Precondition } from '@dialtone/engine';
import type { BindingStore, Principal } from '@dialtone/persistence';
import { ConnectionSelection, requestedConnection } from '../http/input/connection-selection';
import { BINDING_STORE, GATEWAY_SETTINGS, type GatewaySettings } from '../outside/tokens';
import { asRead, type ReadBinding } from './as-read';
import type { DeclareBindingBody } from './bindings.dto';
import { toMarks, toSpec } from './bindings.mapper';
import { refusalOf } from './declaration-refusal';
import { DeclaredClient } from './declared-client';

export interface Declared {
  readonly created: boolean;
  readonly view: ReadBinding;
}

/** Takes a declaration. Refusals are ApiErrors; another partner's bindings answer like missing ones. */
@Injectable()
export class DeclarationsService {
  constructor(
    @Inject(BINDING_STORE) private readonly bindings: BindingStore,
    private readonly connections: ConnectionSelection,
    private readonly clients: DeclaredClient,
    @Inject(GATEWAY_SETTINGS) private readonly settings: GatewaySettings,
  ) {}

  async declare(
    { partnerId, apiKeyId }: Principal,
    key: DidKey,
    body: DeclareBindingBody,
    precondition: Precondition,
  ): Promise<Declared> {
    const connection = await this.connections.active(partnerId, requestedConnection(body));
    const spec = toSpec(body);
    const { clientId } = spec;
    const missing = await this.clients.missing(connection.id, clientId === null ? [] : [clientId]);
    const result = await this.bindings.declare({
      partnerId,
      connectionId: connection.id,
      key,
      spec,
      marks: toMarks(body),
      takeOver: body.take_over ?? false,
      isClientMissing: clientId !== null && missing.has(clientId),
      actor: apiKeyId,
      precondition,
      atMost: this.settings.quotas.bindings,
    });
    if (!('view' in result)) throw refusalOf(key, clientId, result);
    const { view } = result;
    return { created: result.kind === 'created', view: asRead(view, this.settings) };
  }
}
