import { Injectable } from '@nestjs/common';
import type { PartnerId } from '@dialtone/domain';
import type { Principal } from '@dialtone/persistence';
import { ApiError } from './errors/api-error';
import type { HttpRequest } from './http-types';
import type { RequestEnd, RequestObserver } from './request-observer';

/** Waiters of one process. Each is an open connection and a few objects, and none of the pool. */
const MAX_WAITERS = 1_000;
/** Of one partner: the others find room beside them. */
export const MAX_PARTNER_WAITERS = 100;

const RETRY_AFTER_MS = 1_000;

/** One request that waits. */
interface Waiter {
  /** Aborts when the sender hangs up or the process stops. */
  readonly signal: AbortSignal;
  leave(): void;
}

/** Bounds the requests that wait for something to happen, and lets them go when nobody reads their answer. */
@Injectable()
export class WaitingRoom implements RequestObserver {
  private readonly waiting = new Map<HttpRequest, AbortController>();
  private readonly byPartner = new Map<PartnerId, number>();
  private isClosing = false;

  get size(): number {
    return this.waiting.size;
  }

  /** Throws when there is no room. The time until `leave` counts as waited, not as spent on the answer. */
  enter({ partnerId }: Principal, request: HttpRequest): Waiter {
    if (this.isClosing) throw stopping();
    const own = this.byPartner.get(partnerId) ?? 0;
    if (own >= MAX_PARTNER_WAITERS) throw full('RATE_LIMITED', `${String(own)} requests of this partner wait already`);
    if (this.waiting.size >= MAX_WAITERS) throw full('SERVICE_UNAVAILABLE', 'Too many requests wait already');
    const controller = new AbortController();
    const begun = performance.now();
    this.waiting.set(request, controller);
    this.byPartner.set(partnerId, own + 1);
    return {
      signal: controller.signal,
      leave: () => {
        if (!this.waiting.delete(request)) return;
        request.waitedMs = performance.now() - begun;
        const left = (this.byPartner.get(partnerId) ?? 1) - 1;
        if (left === 0) this.byPartner.delete(partnerId);
        else this.byPartner.set(partnerId, left);
      },
    };
  }

  ends({ request }: RequestEnd): void {
    this.waiting.get(request)?.abort(new ApiError('REQUEST_TIMEOUT', 'The connection was closed while it waited.'));
  }

  /** The process stops: who waits asks another one. */
  close(): void {
    this.isClosing = true;
    for (const controller of this.waiting.values()) controller.abort(stopping());
  }
}

const stopping = (): ApiError => full('SERVICE_UNAVAILABLE', 'This process stops');

const full = (code: 'RATE_LIMITED' | 'SERVICE_UNAVAILABLE', why: string): ApiError =>
  new ApiError(code, `${why}: ask again, or without wait.`, { retryAfterMs: RETRY_AFTER_MS });
