import { phoneNumberOf, type DidKey } from '@dialtone/domain';
import type { DeclarationRefusal } from '@dialtone/engine';
import { QuotaReachedError } from '@dialtone/persistence';
import { agentNotFound, ApiError } from '../http/errors/api-error';
import { quotaReached } from '../http/errors/quota-errors';
import { connectionNotFound } from '../http/input/connection-selection';
import { preconditionFailed } from '../http/input/preconditions';
import { noSuchClient } from './declared-client';

const managerConflict = (key: DidKey, manager: string): ApiError =>
  new ApiError(
    'MANAGER_CONFLICT',
    `${phoneNumberOf(key)} is declared by the manager "${manager}": send that manager, or take_over true to take the number from it.`,
    { details: [{ field: 'manager', message: `Declared by "${manager}".` }] },
  );

/** Why a number's declaration is not changed, in the terms of a request for it. */
export const refusalOf = (key: DidKey, clientId: number | null, refusal: DeclarationRefusal): ApiError => {
  switch (refusal.kind) {
    case 'precondition_failed':
      return preconditionFailed(refusal.generation);
    case 'agent_not_found':
      return agentNotFound();
    case 'client_not_found':
      return noSuchClient(clientId ?? 0);
    case 'quota_reached':
      return quotaReached(new QuotaReachedError('bindings', refusal.atMost));
    case 'connection_not_found':
      // Disconnected after it was chosen.
      return connectionNotFound();
    case 'manager_conflict':
      return managerConflict(key, refusal.manager);
    case 'connection_conflict':
      return new ApiError(
        'CONNECTION_CONFLICT',
        `${phoneNumberOf(key)} is declared on connection ${refusal.connectionId}, which is active: use that connection, or delete that binding first.`,
        { details: [{ field: 'connection_id', message: `Declared on ${refusal.connectionId}.` }] },
      );
  }
};

export const notDeclared = (key: DidKey): ApiError => new ApiError('NOT_FOUND', `No binding is declared for ${key}.`);
