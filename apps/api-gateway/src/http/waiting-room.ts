import { Injectable } from '@nestjs/common';
import type { PartnerId } from '@dialtone/domain';
import type { Principal } from '@dialtone/persistence';
import { ApiError } from './errors/api-error';
import type { HttpRequest } from './http-types';
import type { RequestEnd, RequestObserver } from './request-observer';

/** Of one partner: the others find room beside them. */
export const MAX_PARTNER_WAITERS = 100;

const RETRY_AFTER_MS = 1_000;

/** How many may wait, and what those are told who may not. */
export interface RoomTerms {
  /** Of one process. Each is an open connection and a few objects, and none of the pool. */
  readonly all: number;
  readonly ofPartner: number;
  readonly what: string;
  /** What they do, of several. */
  readonly doing: string;
  readonly advice: string;
}

/** One request that waits. */
interface Waiter {
  /** Aborts when the sender hangs up or the process stops. */
  readonly signal: AbortSignal;
  leave(): void;
}

/** Bounds the requests that wait for something to happen, and lets them go when nobody reads their answer. */
@Injectable()
export class WaitingRoom implements RequestObserver {
  protected readonly terms: RoomTerms = {
    all: 1_000,
    ofPartner: MAX_PARTNER_WAITERS,
    what: 'requests',
    doing: 'wait',
    advice: 'ask again, or without wait',
  };
  private readonly waiting = new Map<
    HttpRequest,
    { readonly controller: AbortController; readonly leave: () => void }
  >();
  private readonly byPartner = new Map<PartnerId, number>();
  private isClosing = false;

  get size(): number {
    return this.waiting.size;
  }

  /** Throws when there is no room. The time until `leave`, or until the request ends, counts as waited, not as spent on the answer. */
  enter({ partnerId }: Principal, request: HttpRequest): Waiter {
    if (this.isClosing) throw this.stopping();
    const own = this.byPartner.get(partnerId) ?? 0;
    const { all, ofPartner, what, doing } = this.terms;
    if (own >= ofPartner) throw this.full('RATE_LIMITED', `${String(own)} ${what} of this partner ${doing} already`);
    if (this.waiting.size >= all) throw this.full('SERVICE_UNAVAILABLE', `Too many ${what} ${doing} already`);
    const controller = new AbortController();
    const begun = performance.now();
    const waiter = {
      signal: controller.signal,
      leave: () => {
        if (!this.waiting.delete(request)) return;
        request.waitedMs = performance.now() - begun;
        const left = (this.byPartner.get(partnerId) ?? 1) - 1;
        if (left === 0) this.byPartner.delete(partnerId);
        else this.byPartner.set(partnerId, left);
      },
    };
    this.waiting.set(request, { controller, leave: waiter.leave });
    this.byPartner.set(partnerId, own + 1);
    return waiter;
  }

  ends({ request }: RequestEnd): void {
    const one = this.waiting.get(request);
    one?.controller.abort(new ApiError('REQUEST_TIMEOUT', 'The connection was closed while it waited.'));
    one?.leave();
  }

  /** The process stops: who waits asks another one. */
  close(): void {
    this.isClosing = true;
    for (const { controller } of this.waiting.values()) controller.abort(this.stopping());
  }

  private stopping(): ApiError {
    return this.full('SERVICE_UNAVAILABLE', 'This process stops');
  }

  private full(code: 'RATE_LIMITED' | 'SERVICE_UNAVAILABLE', why: string): ApiError {
    return new ApiError(code, `${why}: ${this.terms.advice}.`, { retryAfterMs: RETRY_AFTER_MS });
  }
}
