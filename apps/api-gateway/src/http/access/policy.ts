import { applyDecorators, SetMetadata, type CustomDecorator, type ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ALL_SCOPES, type Principal, type Scope } from '@dialtone/persistence';
import { ApiError } from '../errors/api-error';

/** Which callers a route admits. Every route has exactly one policy; the guard refuses a route without one. */
export type Policy = { readonly kind: 'public' } | { readonly kind: 'scope'; readonly scope: Scope };

export const POLICY_KEY = 'dialtone:policy';

/** Needs no API key. */
export const Public = (): CustomDecorator => SetMetadata(POLICY_KEY, { kind: 'public' } satisfies Policy);

/** What the server knows of a route before it reads the body of a request. */
export interface RouteAccess {
  readonly scope?: Scope;
}

/** Needs a valid API key with this scope, which is checked before anything of a body is read. */
export const RequireScope = (scope: Scope): MethodDecorator =>
  applyDecorators(
    SetMetadata(POLICY_KEY, { kind: 'scope', scope } satisfies Policy),
    RouteConfig({ scope } satisfies RouteAccess),
  );

/** The policies of routes, by handler and class; each is looked up once. */
export class Policies {
  private readonly byClass = new WeakMap<object, Map<unknown, Policy | undefined>>();

  constructor(private readonly reflector: Reflector) {}

  /** Undefined: the route has none. */
  of(context: ExecutionContext): Policy | undefined {
    const [handler, type] = [context.getHandler(), context.getClass()];
    const known = this.byClass.get(type) ?? new Map<unknown, Policy | undefined>();
    if (!known.has(handler)) {
      known.set(handler, this.reflector.getAllAndOverride<Policy | undefined>(POLICY_KEY, [handler, type]));
      this.byClass.set(type, known);
    }
    return known.get(handler);
  }
}

/** Throws FORBIDDEN. */
export const requireScope = (principal: Principal, scope: Scope): void => {
  if (principal.scopes.includes(scope) || principal.scopes.includes(ALL_SCOPES)) return;
  throw new ApiError('FORBIDDEN', `This API key lacks the scope "${scope}".`);
};
