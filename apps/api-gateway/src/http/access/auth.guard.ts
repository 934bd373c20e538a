import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { HttpRequest } from '../http-types';
import { Policies, requireScope } from './policy';

/**
 * Applies the route's policy to the admitted caller. Refuses two defects: a route without a policy, and a route outside of
 * the API that asks for a scope, since no key is checked there.
 */
@Injectable()
export class AuthGuard implements CanActivate {
  private readonly policies: Policies;

  constructor(reflector: Reflector) {
    this.policies = new Policies(reflector);
  }

  canActivate(context: ExecutionContext): boolean {
    const policy = this.policies.of(context);
    if (policy === undefined) throw new Error(`${context.getClass().name} has a route without a policy.`);
    if (policy.kind === 'public') return true;
    const { principal } = context.switchToHttp().getRequest<HttpRequest>();
    if (principal === undefined) throw new Error(`${context.getClass().name} has a route outside of the API.`);
    requireScope(principal, policy.scope);
    return true;
  }
}
