import { Inject, Injectable, NotFoundException } from '@nestjs/common';
import {
  onBehalfOf,
  partsOfApiKey,
  turns,
  type ApiKeyStore,
  type BehalfOptions,
  type Principal,
  type Scope,
} from '@dialtone/persistence';
import { API_KEY_STORE, GATEWAY_SETTINGS, type GatewaySettings } from '../../outside/tokens';
import { ApiError } from '../errors/api-error';
import type { HttpReply, HttpRequest, HttpServer } from '../http-types';
import type { RequestEnd, RequestObserver } from '../request-observer';
import { LongWork } from './long-work';
import { requireScope, type RouteAccess } from './policy';
import { PartnerPlaces } from './partner-places';
import { PrincipalCache } from './principal-cache';
import { RequestLimit } from './request-limit';
import { WorkMeter } from './work-meter';
import { senderLeft } from './stranger-lookups';

/** Every route below this prefix needs an API key, even one that no controller declares; no route outside of it does. */
const API = /^\/api(?:\/|$)/;
const BEARER = /^Bearer +(\S+)$/i;

export const needsApiKey = (route: string): boolean => API.test(route);

/** RFC 6750: without credentials no error code is given; with wrong ones `invalid_token`. */
const unauthorized = (message: string, tokenGiven: boolean): ApiError =>
  new ApiError('UNAUTHORIZED', message, {
    headers: { 'www-authenticate': `Bearer realm="dialtone"${tokenGiven ? ', error="invalid_token"' : ''}` },
  });

/** Two at once use the thread as well as twenty; a neighbour waits for one. */
const PLACES = { each: 2, besideOthers: 1, heldMs: 100, waiting: 200, first: 20 };

/** A burst of a minute's worth of the longest requests is spread over some seconds. No sender gives up so soon. */
const LONG_WORK = { share: 0.1, freeMs: 25, askingMs: 1_000, restMs: 10_000 };

/** What a request may take before it is long, ms. */
const SHORT_MS = 10;

const NOTHING = (): void => undefined;

/** A body that takes some of the thread to be parsed and validated, bytes. */
const LONG_BODY = 16 * 1024;

/** What a partner takes away must not wait behind what it has too much of. */
const cleansUp = ({ method }: Pick<HttpRequest, 'method'>): boolean => method === 'DELETE';

/** What the request changes is kept in its name. */
const behalfOf = ({ apiKeyId }: Principal, request: HttpRequest): BehalfOptions => ({
  cleansUp: cleansUp(request),
  tookDatabase: request.tookDatabase ?? NOTHING,
  author: { actor: apiKeyId, manager: null, requestId: request.id },
});

/** In the raw names of headers: of a repeated `Authorization` Node keeps the first, while a proxy may use the last. */
const isRepeated = (name: string, { raw: { rawHeaders } }: HttpRequest): boolean =>
  rawHeaders.filter((one, index) => index % 2 === 0 && one.length === name.length && one.toLowerCase() === name)
    .length > 1;

/**
 * Authenticates a request before its body is read: a caller without a key can neither make the gateway buffer and parse a
 * body nor send one slowly, and an unreadable body counts towards the limit of its key. The guard, which knows the policy of
 * the route, decides what the key may do.
 */
@Injectable()
export class Admission implements RequestObserver {
  private readonly principals: PrincipalCache;
  /** How a request leaves what it waits for, and its place among those of its partner. */
  private readonly waiting = new WeakMap<HttpRequest, () => void>();
  private readonly longWork = new LongWork(LONG_WORK);
  private readonly places: PartnerPlaces;

  constructor(
    @Inject(API_KEY_STORE) apiKeys: ApiKeyStore,
    private readonly limit: RequestLimit,
    @Inject(GATEWAY_SETTINGS) settings: Pick<GatewaySettings, 'databaseTimeoutMs'>,
  ) {
    this.principals = new PrincipalCache(apiKeys, settings.databaseTimeoutMs);
    const { restMs } = LONG_WORK;
    this.places = new PartnerPlaces({ ...PLACES, restMs, waitMs: settings.databaseTimeoutMs + restMs }, this.longWork);
  }

  /** Call once, after the hooks that set what every answer carries, and before the server listens. */
  watch(server: HttpServer): void {
    server.addHook('onRequest', async (request, reply) => {
      if (request.is404) throw new NotFoundException();
      if (needsApiKey(request.routeOptions.url ?? '')) await this.admit(request, reply);
    });
    // The last hook before the handler, which runs inside of its call of done.
    server.addHook('preHandler', (request, _reply, done) => {
      const { principal } = request as HttpRequest;
      if (principal === undefined) {
        done();
        return;
      }
      const goOn = (): void => {
        onBehalfOf(principal.partnerId, done, behalfOf(principal, request));
      };
      // A long one has been parsed in this turn, and is validated in another.
      if (Number(request.headers['content-length'] ?? 0) < LONG_BODY) goOn();
      else void turns.next(principal.partnerId).then(goOn);
    });
  }

  /** Whether a request that is still answered would be admitted now: its key may have been revoked. Throws what it would throw. */
  async stillAdmits(request: HttpRequest, scope: Scope): Promise<void> {
    requireScope(await this.authenticate(request), scope);
  }

  ends({ request }: RequestEnd): void {
    this.waiting.get(request)?.();
  }

  private async admit(request: HttpRequest, reply: HttpReply): Promise<void> {
    const principal = await this.authenticate(request);
    const admit = (): Promise<void> => this.limit.admit(principal, request, reply);
    await onBehalfOf(principal.partnerId, admit, behalfOf(principal, request));
    await this.takePlace(principal, request);
    if (request.raw.socket.destroyed) throw senderLeft();
    request.principal = principal;
    const { scope } = (request.routeOptions.config ?? {}) as RouteAccess;
    if (scope !== undefined) requireScope(principal, scope);
  }

  /**
   * Before the body is read. The place is left when the request ends. Whoever asks for one thing at a time is answered before the
   * long work of others goes on; those who ask for more begin one request in a turn.
   */
  private async takePlace({ partnerId }: Principal, request: HttpRequest): Promise<void> {
    this.longWork.asked(partnerId);
    const meter = new WorkMeter(SHORT_MS);
    const charge = (): void => {
      meter.end();
      this.longWork.did(partnerId, meter.take());
    };
    const { isFree, turn, leave } = this.places.enter(partnerId, cleansUp(request), charge);
    const endShort = isFree ? turns.beginShort(partnerId) : NOTHING;
    this.waiting.set(request, () => {
      leave();
      charge();
      endShort();
    });
    request.leavePlace = leave;
    request.tookDatabase = meter.tookDatabase;
    await turn;
    meter.begin();
    if (!isFree) await turns.next(partnerId);
  }

  private async authenticate(request: HttpRequest): Promise<Principal> {
    const header = request.headers['authorization'];
    if (isRepeated('authorization', request)) {
      throw unauthorized('There is more than one header "Authorization": send one.', true);
    }
    if (typeof header !== 'string' || header === '') {
      throw unauthorized('An API key is required: send the header "Authorization: Bearer rg_live_…".', false);
    }
    const apiKey = BEARER.exec(header)?.[1] ?? '';
    // What cannot be a key is no reason to ask the database, nor to wait with those that can be.
    const principal = partsOfApiKey(apiKey) === null ? null : await this.principalOf(request, apiKey);
    if (principal === null) {
      throw unauthorized(
        'The API key is malformed, unknown, expired or revoked: send "Authorization: Bearer rg_live_…".',
        true,
      );
    }
    return principal;
  }

  private async principalOf(request: HttpRequest, apiKey: string): Promise<Principal | null> {
    const { answer, leave } = this.principals.ask(apiKey);
    this.waiting.set(request, leave);
    try {
      return await answer;
    } finally {
      this.waiting.delete(request);
    }
  }
}
