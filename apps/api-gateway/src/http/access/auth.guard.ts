import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ALL_SCOPES, type Principal, type Scope } from '@dialtone/persistence';
import { ApiError } from '../errors/api-error';
import type { HttpRequest } from '../http-types';
import { POLICY_KEY, type Policy } from './policy';

/**
 * Applies the route's policy to the admitted caller. Refuses two defects: a route without a policy, and a route outside of
 * the API that asks for a scope, since no key is checked there.
 */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const policy = this.reflector.getAllAndOverride<Policy | undefined>(POLICY_KEY, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (policy === undefined) throw new Error(`${context.getClass().name} has a route without a policy.`);
    if (policy.kind === 'public') return true;
    const { principal } = context.switchToHttp().getRequest<HttpRequest>();
    if (principal === undefined) throw new Error(`${context.getClass().name} has a route outside of the API.`);
    requireScope(principal, policy.scope);
    return true;
  }
}

const requireScope = (principal: Principal, scope: Scope): void => {
  if (principal.scopes.includes(scope) || principal.scopes.includes(ALL_SCOPES)) return;
  throw new ApiError('FORBIDDEN', `This API key lacks the scope "${scope}".`);
};
