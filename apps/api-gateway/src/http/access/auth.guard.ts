import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { HttpRequest } from '../http-types';
import { POLICY_KEY, requireScope, type Policy } from './policy';

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
