import { Inject, Injectable, NotFoundException } from '@nestjs/common';
import type { ApiKeyStore, Principal } from '@dialtone/persistence';
import { API_KEY_STORE, GATEWAY_SETTINGS, type GatewaySettings } from '../../outside/tokens';
import { ApiError } from '../errors/api-error';
import type { HttpReply, HttpRequest, HttpServer } from '../http-types';
import { PrincipalCache } from './principal-cache';
import { RequestLimit } from './request-limit';

/** Every route below this prefix needs an API key, even one that no controller declares; no route outside of it does. */
const API = /^\/api(?:\/|$)/;
const BEARER = /^Bearer +(rg_live_[A-Za-z0-9_-]{8,256})$/i;

export const needsApiKey = (route: string): boolean => API.test(route);

/** RFC 6750: without credentials no error code is given; with wrong ones `invalid_token`. */
const unauthorized = (message: string, tokenGiven: boolean): ApiError =>
  new ApiError('UNAUTHORIZED', message, {
    headers: { 'www-authenticate': `Bearer realm="dialtone"${tokenGiven ? ', error="invalid_token"' : ''}` },
  });

/** Nobody reads it. What is not done for a sender that has left leaves nothing to explain, and its place to others. */
const senderLeft = (): ApiError =>
  new ApiError('REQUEST_TIMEOUT', 'The connection was closed before the request was admitted.');

/** Raw header names: of a repeated `Authorization` Node keeps the first, while a proxy may use the last. */
const namesOf = ({ raw }: HttpRequest): readonly string[] =>
  raw.rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());

/**
 * Authenticates a request before its body is read: a caller without a key can neither make the gateway buffer and parse a
 * body nor send one slowly, and an unreadable body counts towards the limit of its key. The guard, which knows the policy of
 * the route, decides what the key may do.
 */
@Injectable()
export class Admission {
  private readonly principals: PrincipalCache;

  constructor(
    @Inject(API_KEY_STORE) apiKeys: ApiKeyStore,
    private readonly limit: RequestLimit,
    @Inject(GATEWAY_SETTINGS) settings: Pick<GatewaySettings, 'databaseTimeoutMs'>,
  ) {
    this.principals = new PrincipalCache(apiKeys, settings.databaseTimeoutMs);
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
    if (request.raw.socket.destroyed) throw senderLeft();
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
