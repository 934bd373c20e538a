import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ALL_SCOPES, type ApiKeyStore, type Principal, type Scope } from '@dialtone/persistence';
import { API_KEY_STORE } from '../stores/tokens';
import { ApiError } from './api-error';
import type { HttpReply, HttpRequest } from './http-types';
import { POLICY_KEY, type Policy } from './policy';
import { PrincipalCache } from './principal-cache';
import { RequestLimit } from './request-limit';

const BEARER = /^Bearer +(rg_live_[A-Za-z0-9_-]{8,256})$/i;

/** RFC 6750: without credentials no error code is given; with wrong ones `invalid_token`. */
const unauthorized = (message: string, tokenGiven: boolean): ApiError =>
  new ApiError('UNAUTHORIZED', message, {
    headers: { 'www-authenticate': `Bearer realm="dialtone"${tokenGiven ? ', error="invalid_token"' : ''}` },
  });

/** Authenticates by API key, counts the request, and applies the route's policy. A route without a policy is a defect and is refused. */
@Injectable()
export class AuthGuard implements CanActivate {
  private readonly principals: PrincipalCache;

  constructor(
    private readonly reflector: Reflector,
    @Inject(API_KEY_STORE) apiKeys: ApiKeyStore,
    private readonly limit: RequestLimit,
  ) {
    this.principals = new PrincipalCache(apiKeys);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const policy = this.reflector.getAllAndOverride<Policy | undefined>(POLICY_KEY, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (policy === undefined) throw new Error(`${context.getClass().name} has a route without a policy.`);
    if (policy.kind === 'public') return true;
    const http = context.switchToHttp();
    const request = http.getRequest<HttpRequest>();
    const principal = await this.authenticate(request);
    await this.limit.admit(principal.apiKeyId, request, http.getResponse<HttpReply>());
    requireScope(principal, policy.scope);
    request.principal = principal;
    return true;
  }

  private async authenticate(request: HttpRequest): Promise<Principal> {
    const header = request.headers['authorization'];
    if (typeof header !== 'string' || header === '') {
      throw unauthorized('An API key is required: send the header "Authorization: Bearer rg_live_…".', false);
    }
    const apiKey = BEARER.exec(header)?.[1];
    const principal = apiKey === undefined ? null : await this.principals.authenticate(apiKey);
    if (principal === null) {
      throw unauthorized(
        'The API key is malformed, unknown, expired or revoked: send "Authorization: Bearer rg_live_…".',
        true,
      );
    }
    return principal;
  }
}

const requireScope = (principal: Principal, scope: Scope): void => {
  if (principal.scopes.includes(scope) || principal.scopes.includes(ALL_SCOPES)) return;
  throw new ApiError('FORBIDDEN', `This API key lacks the scope "${scope}".`);
};
