import { Inject, Injectable, NotFoundException } from '@nestjs/common';
import type { ApiKeyStore, Principal } from '@dialtone/persistence';
import { API_KEY_STORE } from '../../outside/tokens';
import { ApiError } from '../errors/api-error';
import type { HttpReply, HttpRequest, HttpServer } from '../http-types';
import { PrincipalCache } from './principal-cache';
import { RequestLimit } from './request-limit';

/** Below this nothing is served without an API key, whoever added the route; above it nothing asks for one. */
const API = /^\/api(?:\/|$)/;
const BEARER = /^Bearer +(rg_live_[A-Za-z0-9_-]{8,256})$/i;

export const needsApiKey = (route: string): boolean => API.test(route);

/** RFC 6750: without credentials no error code is given; with wrong ones `invalid_token`. */
const unauthorized = (message: string, tokenGiven: boolean): ApiError =>
  new ApiError('UNAUTHORIZED', message, {
    headers: { 'www-authenticate': `Bearer realm="dialtone"${tokenGiven ? ', error="invalid_token"' : ''}` },
  });

/** All header names as they came: of a repeated `Authorization` Node keeps the first, and a proxy may go by the last. */
const namesOf = ({ raw }: HttpRequest): readonly string[] =>
  raw.rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());

/**
 * Lets a request in before anything of its body is read: strangers can neither make the gateway hold and parse what they
 * send, nor send it slowly, and a body that cannot be read counts towards the limit of its key like any other.
 * What the key may do is the guard's decision, which knows the route's policy.
 */
@Injectable()
export class Admission {
  private readonly principals: PrincipalCache;

  constructor(
    @Inject(API_KEY_STORE) apiKeys: ApiKeyStore,
    private readonly limit: RequestLimit,
  ) {
    this.principals = new PrincipalCache(apiKeys);
  }

  /** Call once, after the hooks that set what every answer carries, and before the server listens. */
  watch(server: HttpServer): void {
    server.addHook('onRequest', async (request, reply) => {
      if (request.is404) throw new NotFoundException();
      if (needsApiKey(request.routeOptions.url ?? '')) await this.admit(request, reply);
    });
  }

  private async admit(request: HttpRequest, reply: HttpReply): Promise<void> {
    const principal = await this.authenticate(request);
    await this.limit.admit(principal.apiKeyId, request, reply);
    request.principal = principal;
  }

  private async authenticate(request: HttpRequest): Promise<Principal> {
    const header = request.headers['authorization'];
    if (namesOf(request).filter((name) => name === 'authorization').length > 1) {
      throw unauthorized('There is more than one header "Authorization": send one.', true);
    }
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
