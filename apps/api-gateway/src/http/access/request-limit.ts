import { Inject, Injectable } from '@nestjs/common';
import type { CallLimitCode } from '@dialtone/contracts';
import type { PartnerId } from '@dialtone/domain';
import type { Principal, RequestWindows, WindowUse } from '@dialtone/persistence';
import { GATEWAY_SETTINGS, REQUEST_WINDOWS, type GatewaySettings, type RequestBucket } from '../../outside/tokens';
import { ApiError, retryAfterSeconds } from '../errors/api-error';
import type { HttpReply, HttpRequest } from '../http-types';
import { type CountedRequest, IDLE_MS, RequestBlocks } from './request-blocks';

const WINDOW_MS = 60_000;
const MAX_REMEMBERED = 1000;
const CALLS = /^\/api\/v2\/calls(?:\/|$)/;

/** What is counted in one window: `id` is an API key, or `partner:` and the partner. */
interface LimitedWindow {
  readonly id: string;
  readonly bucket: RequestBucket;
  readonly limit: number;
  readonly partnerId: PartnerId;
  /** What an event says when it is used up by calls. */
  readonly reason: CallLimitCode;
}

/** On the monotonic clock of the process, ms. */
interface UsedUp {
  readonly endsAt: number;
  /** Until then it is believed. */
  readonly until: number;
}

const NEVER: UsedUp = { endsAt: 0, until: 0 };

/** By route template, so that no spelling of the path and no new route escapes. */
const bucketOf = (request: HttpRequest): RequestBucket =>
  CALLS.test(request.routeOptions.url ?? '') ? 'calls' : 'general';

/**
 * Limits requests per API key and minute, counted in the database for all gateways: calls one by one, and other requests in
 * blocks. Once a key has used up its minute of calls, it is refused from memory until the minute ends; of other requests for
 * a second at a time, since another gateway may give some back. So hammering costs no statement, or one a second. An event
 * tells of a used up minute of calls.
 */
@Injectable()
export class RequestLimit {
  private readonly usedUp = new Map<string, UsedUp>();
  private readonly blocks: RequestBlocks;

  constructor(
    @Inject(REQUEST_WINDOWS) private readonly windows: RequestWindows,
    @Inject(GATEWAY_SETTINGS) private readonly settings: GatewaySettings,
  ) {
    this.blocks = new RequestBlocks(windows, { bucket: 'general', ms: WINDOW_MS });
  }

  /** Sets the RateLimit headers of the answer; throws RATE_LIMITED when the key has no request left. */
  async admit({ apiKeyId, partnerId }: Principal, request: HttpRequest, reply: HttpReply): Promise<void> {
    const bucket = bucketOf(request);
    await this.admitKey({ apiKeyId, partnerId }, bucket, reply);
    if (bucket === 'calls') await this.admitPartner(partnerId);
  }

  /** More keys are no more calls. */
  private async admitPartner(partnerId: PartnerId): Promise<void> {
    const limit = this.settings.callsPerPartnerMinute;
    if (limit === 0) return;
    const id = `partner:${partnerId}`;
    const window = { id, bucket: 'calls', limit, partnerId, reason: 'partner_calls_per_minute' } as const;
    const { used, resetMs } = this.remembered(window) ?? (await this.count(window));
    if (used > limit) throw rateLimited('This partner, with all of its API keys,', 'calls', limit, resetMs);
  }

  private async admitKey(
    { apiKeyId, partnerId }: Pick<Principal, 'apiKeyId' | 'partnerId'>,
    bucket: RequestBucket,
    reply: HttpReply,
  ): Promise<void> {
    const limit = this.settings.requestsPerMinute[bucket];
    if (limit === 0) return;
    const window = { id: apiKeyId, bucket, limit, partnerId, reason: 'key_calls_per_minute' } as const;
    const { used, resetMs } = this.remembered(window) ?? (await this.count(window));
    const seconds = retryAfterSeconds(resetMs);
    reply.header('ratelimit-limit', String(limit));
    reply.header('ratelimit-remaining', String(Math.max(0, limit - used)));
    reply.header('ratelimit-reset', seconds);
    if (used > limit) throw rateLimited('This API key', bucket, limit, resetMs);
  }

  private remembered({ id, bucket, limit }: LimitedWindow): WindowUse | null {
    const { endsAt, until } = this.usedUp.get(`${id}/${bucket}`) ?? NEVER;
    const now = performance.now();
    return until > now ? { used: limit + 1, resetMs: endsAt - now } : null;
  }

  private async count(window: LimitedWindow): Promise<WindowUse> {
    const { id, bucket, limit, partnerId, reason } = window;
    const isCall = bucket === 'calls';
    const use = isCall ? await this.countCall(id) : await this.blocks.take(id, limit);
    if (use.used > limit) {
      this.remember(window, use);
      if (isCall) await this.windows.tell({ partnerId, apiKeyId: id, bucket, limit, reason });
    }
    return use;
  }

  private async countCall(id: string): Promise<CountedRequest> {
    return { ...(await this.windows.count(id, 'calls', WINDOW_MS)), isFull: true };
  }

  private remember({ id, bucket }: LimitedWindow, { resetMs, isFull }: CountedRequest): void {
    if (this.usedUp.size >= MAX_REMEMBERED) this.usedUp.clear();
    const now = performance.now();
    const until = now + (isFull ? resetMs : Math.min(resetMs, IDLE_MS));
    this.usedUp.set(`${id}/${bucket}`, { endsAt: now + resetMs, until });
  }
}

const rateLimited = (who: string, bucket: RequestBucket, limit: number, resetMs: number): ApiError => {
  const what = bucket === 'calls' ? 'requests to /api/v2/calls' : 'requests';
  return new ApiError(
    'RATE_LIMITED',
    `${who} may send ${String(limit)} ${what} a minute, and has: wait ${retryAfterSeconds(resetMs)} seconds.`,
    { retryAfterMs: resetMs },
  );
};
