import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import {
  AttemptReplacedError,
  inAttempt,
  isDatabaseUnavailable,
  type IdempotencyClaim,
  type IdempotencyStore,
  type IdempotentAttempt,
  type KeptAnswer,
} from '@dialtone/persistence';
import type { Logger } from '@dialtone/platform';
import { lastValueFrom, of, type Observable } from 'rxjs';
import { GATEWAY_SETTINGS, IDEMPOTENCY_STORE, LOGGER, type GatewaySettings } from '../../outside/tokens';
import { ApiError } from '../errors/api-error';
import { failure, JSON_TYPE } from '../errors/envelope';
import type { HttpReply, HttpRequest } from '../http-types';
import { isLongAnswer } from '../server/long-answer';
import { toApiError } from '../errors/to-api-error';
import { isWorthKeeping } from './kept-answers';
import { idempotencyKeyOf, sameRequestText } from './same-request';

/** An attempt that has not been renewed for this long counts as crashed. */
const RUNNING_MS = 30_000;
/** How long a duplicate waits for the answer of the running request, and how often it checks. */
const WAIT_MS = 2_000;
const LOOK_EVERY_MS = 50;
const NOTE_EVERY_MS = 500;
const RETRY_AFTER_MS = 2_000;

/** Metadata of a route whose answers hold a secret. */
export const SECRET_ANSWER_KEY = 'dialtone:secret-answer';

/** Headers that belong to the stored answer; every request makes the others anew. */
const KEPT_HEADERS = ['etag', 'location', 'retry-after'];
const REPLAYED = 'idempotency-replayed';

const inProgress = (): ApiError =>
  new ApiError(
    'IDEMPOTENCY_IN_PROGRESS',
    'A request with this Idempotency-Key is still being worked on: send it again in a moment to get its answer.',
    { retryAfterMs: RETRY_AFTER_MS },
  );

const refusalOf = (
  claim: Extract<IdempotencyClaim, { kind: 'running' | 'lost' | 'unreadable' | 'reused' }>,
): ApiError => {
  switch (claim.kind) {
    case 'running':
      return inProgress();
    case 'lost':
      return new ApiError(
        'IDEMPOTENCY_OUTCOME_UNKNOWN',
        'An earlier request with this Idempotency-Key was interrupted after it had begun to write. Whether it took effect is not known, and it is not repeated: look at the current state, and send a new key if it has to be done again.',
      );
    case 'unreadable':
      return new ApiError(
        'IDEMPOTENCY_OUTCOME_UNKNOWN',
        'The answer to an earlier request with this Idempotency-Key holds a secret and can no longer be read, as the key that sealed it is gone. The request is not repeated: look at the current state, and send a new key if it has to be done again.',
      );
    case 'reused':
      return new ApiError(
        'IDEMPOTENCY_KEY_REUSED',
        'This Idempotency-Key was used for another request: use a new key for every request, and the same one only to repeat it unchanged.',
      );
  }
};

/**
 * Answers a repeated request with the stored first answer. A request without a key passes through. Put on routes with
 * `@Idempotent()`.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    @Inject(IDEMPOTENCY_STORE) private readonly store: IdempotencyStore,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(GATEWAY_SETTINGS) private readonly settings: Pick<GatewaySettings, 'quotas'>,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const request = http.getRequest<HttpRequest>();
    const key = idempotencyKeyOf(request);
    if (key === null) return next.handle();
    const reply = http.getResponse<HttpReply>();
    const claim = await this.claim(request, key);
    if (claim.kind === 'answered') return of(replay(claim.answer, reply));
    if (claim.kind !== 'started') throw refusalOf(claim);
    request.once = this.onceFor(claim.attempt);
    const isSecret = Reflect.getMetadata(SECRET_ANSWER_KEY, context.getHandler()) === true;
    const answer = (): Promise<unknown> => this.answer(claim.attempt, { reply, isSecret }, next);
    return of(await inAttempt(claim.attempt, claim.earlier, answer));
  }

  /** Waits a little for the answer of a running request with the same key. */
  private async claim(request: HttpRequest, key: string): Promise<IdempotencyClaim> {
    const { principal } = request;
    if (principal === undefined) throw new Error('An idempotent route must not be public.');
    const input = {
      partnerId: principal.partnerId,
      key,
      request: sameRequestText(request),
      ttlMs: RUNNING_MS,
      requestId: request.id,
      atMost: this.settings.quotas.kept_answer_bytes,
    };
    const deadline = performance.now() + WAIT_MS;
    for (;;) {
      const claim = await this.store.claim(input);
      if (claim.kind !== 'running' || performance.now() >= deadline) return claim;
      await delay(LOOK_EVERY_MS);
    }
  }

  private onceFor(attempt: IdempotentAttempt): NonNullable<HttpRequest['once']> {
    return {
      begin: async () => {
        if (!(await this.store.commit(attempt))) throw inProgress();
      },
    };
  }

  private async answer(
    attempt: IdempotentAttempt,
    { reply, isSecret }: { readonly reply: HttpReply; readonly isSecret: boolean },
    next: CallHandler,
  ): Promise<unknown> {
    const beat = setInterval(() => {
      // A missed heartbeat is harmless: the next renews, and the claim merely expires.
      this.store.renew(attempt, RUNNING_MS).catch(() => undefined);
    }, RUNNING_MS / 3);
    try {
      const value: unknown = await lastValueFrom(next.handle(), { defaultValue: undefined });
      const answer = answerOf(reply, await textOf(value));
      await this.settle(() => this.store.keep(attempt, { ...answer, isSecret }));
      return toBeSent(answer, reply);
    } catch (thrown) {
      const error = thrown instanceof AttemptReplacedError ? inProgress() : thrown;
      const note = (): Promise<void> => this.settleFailure(attempt, error);
      // While the database is away the caller does not wait for it a second time.
      if (isDatabaseUnavailable(error)) void this.settle(() => untilNoted(note));
      else await this.settle(note);
      throw error;
    } finally {
      clearInterval(beat);
    }
  }

  private settleFailure(attempt: IdempotentAttempt, error: unknown): Promise<void> {
    const refusal = toApiError(error);
    // A defect, or the database is away: how far the work got is unknown.
    if (refusal === null) return this.store.abandon(attempt);
    if (!isWorthKeeping(refusal)) return this.store.release(attempt);
    const { status, headers, code, message, details } = refusal;
    return this.store.keep(attempt, { status, headers, body: JSON.stringify(failure(code, message, details)) });
  }

  /** Failing to store must not hide the answer. The claim then expires, and a repetition reads that the outcome is unknown. */
  private async settle(note: () => Promise<void>): Promise<void> {
    try {
      await note();
    } catch (error) {
      this.logger.warn({ err: error }, 'an answer could not be kept for its idempotency key');
    }
  }
}

/** Tries until the claim has run out: a database that is back then frees the key for the request that was told to come again. */
const untilNoted = async (note: () => Promise<void>): Promise<void> => {
  for (const end = performance.now() + RUNNING_MS; ;) {
    try {
      await note();
      return;
    } catch (error) {
      if (performance.now() >= end) throw error;
    }
    await delay(NOTE_EVERY_MS, undefined, { ref: false });
  }
};

const textOf = (value: unknown): string | null | Promise<string> => {
  if (isLongAnswer(value)) return text(value);
  return value === undefined ? null : JSON.stringify(value);
};

const answerOf = (reply: HttpReply, body: string | null): KeptAnswer => ({
  status: reply.statusCode,
  headers: Object.fromEntries(
    KEPT_HEADERS.flatMap((name) => {
      const header = reply.getHeader(name);
      return header === undefined ? [] : [[name, String(header)] as const];
    }),
  ),
  body,
});

/** The stored text unchanged: parsing and writing tens of megabytes again would block all other requests. */
const toBeSent = ({ body }: KeptAnswer, reply: HttpReply): string | undefined => {
  if (body === null) return undefined;
  reply.header('content-type', JSON_TYPE);
  return body;
};

const replay = (answer: KeptAnswer, reply: HttpReply): string | undefined => {
  reply.code(answer.status).header(REPLAYED, 'true');
  for (const [name, value] of Object.entries(answer.headers)) reply.header(name, value);
  return toBeSent(answer, reply);
};
