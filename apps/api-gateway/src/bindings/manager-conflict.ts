import { phoneNumberOf, type DidKey } from '@dialtone/domain';
import { ApiError } from '../http/errors/api-error';

/** 409 that names the manager that has the number. */
export const managerConflict = (key: DidKey, manager: string): ApiError =>
  new ApiError(
    'MANAGER_CONFLICT',
    `${phoneNumberOf(key)} is declared by the manager "${manager}": send that manager, or take_over true to take the number from it.`,
    { details: [{ field: 'manager', message: `Declared by "${manager}".` }] },
  );
