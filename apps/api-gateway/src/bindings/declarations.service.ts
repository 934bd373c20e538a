import { Inject, Injectable } from '@nestjs/common';
import { phoneNumberOf, type DidKey } from '@dialtone/domain';
import type { Precondition } from '@dialtone/engine';
import type { BindingStore, BindingView, DeclareResult, Principal } from '@dialtone/persistence';
import { agentNotFound, ApiError } from '../http/errors/api-error';
import { connectionNotFound, ConnectionSelection, requestedConnection } from '../http/input/connection-selection';
import { preconditionFailed } from '../http/input/preconditions';
import { BINDING_STORE, GATEWAY_SETTINGS, type GatewaySettings } from '../outside/tokens';
import { asRead, type ReadBinding } from './as-read';
import type { DeclareBindingBody } from './bindings.dto';
import { toMarks, toSpec } from './bindings.mapper';
import { DeclaredClient } from './declared-client';
import { managerConflict } from './manager-conflict';

export interface Declared<View extends BindingView = ReadBinding> {
  readonly created: boolean;
  readonly view: View;
}

const declaredOrThrow = (key: DidKey, result: DeclareResult): Declared<BindingView> => {
  switch (result.kind) {
    case 'created':
    case 'updated':
    case 'unchanged':
      return { created: result.kind === 'created', view: result.view };
    case 'precondition_failed':
      throw preconditionFailed(result.generation);
    case 'agent_not_found':
      throw agentNotFound();
    case 'connection_not_found':
      // Disconnected after it was chosen.
      throw connectionNotFound();
    case 'manager_conflict':
      throw managerConflict(key, result.manager);
    case 'connection_conflict':
      throw new ApiError(
        'CONNECTION_CONFLICT',
        `${phoneNumberOf(key)} is declared on connection ${result.connectionId}, which is active: use that connection, or delete that binding first.`,
        { details: [{ field: 'connection_id', message: `Declared on ${result.connectionId}.` }] },
      );
  }
};

/** Takes declarations. Refusals are ApiErrors; another partner's bindings answer like missing ones. */
@Injectable()
export class DeclarationsService {
  constructor(
    @Inject(BINDING_STORE) private readonly bindings: BindingStore,
    private readonly connections: ConnectionSelection,
    private readonly clients: DeclaredClient,
    @Inject(GATEWAY_SETTINGS) private readonly settings: GatewaySettings,
  ) {}

  async declare(
    principal: Principal,
    key: DidKey,
    body: DeclareBindingBody,
    precondition: Precondition,
  ): Promise<Declared> {
    const { partnerId, apiKeyId } = principal;
    const connection = await this.connections.active(partnerId, requestedConnection(body));
    const declaration = {
      partnerId,
      connectionId: connection.id,
      key,
      spec: toSpec(body),
      marks: toMarks(body),
      takeOver: body.take_over ?? false,
      actor: apiKeyId,
      precondition,
      atMost: this.settings.quotas.bindings,
    };
    await this.checkClient(declaration);
    const { created, view } = declaredOrThrow(key, await this.bindings.declare(declaration));
    return { created, view: asRead(view, this.settings) };
  }

  /** A client that the declaration names already was checked when it was first named: what became of it is told by readiness. */
  private async checkClient({
    partnerId,
    connectionId,
    key,
    spec,
  }: Parameters<BindingStore['declare']>[0]): Promise<void> {
    if (spec.clientId === null) return;
    const refusal = await this.clients.refusal(connectionId, spec.clientId);
    if (refusal === null) return;
    const declared = (await this.bindings.find(partnerId, key))?.binding;
    if (declared?.connectionId !== connectionId || declared.clientId !== spec.clientId) throw refusal;
  }
}
