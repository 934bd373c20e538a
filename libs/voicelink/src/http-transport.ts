import { Pool, type Dispatcher } from 'undici';
import type { VoiceLinkSettings } from './options';

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** Every method but GET changes something upstream. (Logging in is a POST too; BearerToken sends it itself.) */
export const isMutating = (method: HttpMethod): boolean => method !== 'GET';

export interface WireRequest {
  readonly method: HttpMethod;
  /** Path below the base URL with its query string. */
  readonly path: string;
  readonly token: string | null;
  readonly body: Readonly<Record<string, unknown>> | null;
  /** True: over a connection of its own; see `HttpTransport`. */
  readonly fresh: boolean;
}

export type WireAnswer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: Readonly<Record<string, string | undefined>>;
      readonly body: Buffer;
    }
  /** `sent: false` proves that not one byte of the request was written. `true` means that some may have been. */
  | ({ readonly kind: 'no_answer'; readonly sent: boolean } & Cause);

/** Why no answer came. */
interface Cause {
  readonly timedOut: boolean;
  readonly reason: string;
}

const TIME_OUT: Cause = { timedOut: true, reason: 'time-out' };
const CLOSED: Cause = { timedOut: false, reason: 'client closed' };

/**
 * One HTTP exchange at a time over its own connections; knows nothing of VoiceLink.
 *
 * Whether a request was sent is not guessed from error codes (ECONNRESET and ETIMEDOUT come before and after sending):
 * undici calls `onRequestStart` right before it writes a request to an established connection, so an error without that
 * call proves that nothing left. Reads share kept-alive connections. Mutating calls (and logins) get a fresh
 * connection each: the server may close a kept-alive one in the moment it is reused, and that would leave a write in doubt.
 */
export class HttpTransport {
  private readonly prefix: string;
  private readonly kept: Pool;
  private readonly fresh: Pool;
  private readonly open = new Set<(cause: Cause) => void>();
  private closed = false;

  constructor(private readonly settings: VoiceLinkSettings) {
    const { origin, pathname } = new URL(settings.baseUrl);
    this.prefix = pathname === '/' ? '' : pathname;
    const options: Pool.Options = {
      connections: settings.connections,
      allowH2: false,
      connect: { timeout: settings.timeouts.connectMs },
      headersTimeout: settings.timeouts.headersMs,
      bodyTimeout: settings.timeouts.bodyMs,
      maxResponseSize: settings.maxAnswerBytes,
    };
    this.kept = new Pool(origin, options);
    this.fresh = new Pool(origin, { ...options, pipelining: 0 });
  }

  /** Never rejects. Resolves within `timeouts.totalMs`, or at once when the transport is closed. */
  exchange(request: WireRequest): Promise<WireAnswer> {
    if (this.closed) return Promise.resolve({ kind: 'no_answer', sent: false, ...CLOSED });
    return new Promise((resolve) => {
      const exchange = new Exchange((answer) => {
        clearTimeout(timer);
        this.open.delete(abort);
        resolve(answer);
      });
      const abort = (cause: Cause): void => {
        exchange.abort(cause);
      };
      const timer = setTimeout(abort, this.settings.timeouts.totalMs, TIME_OUT);
      this.open.add(abort);
      this.dispatch(request, exchange);
    });
  }

  /** Ends what is in flight, closes all connections; later exchanges answer at once. Idempotent. */
  async close(): Promise<void> {
    this.closed = true;
    for (const abort of [...this.open]) abort(CLOSED);
    await Promise.all([this.kept.destroy(), this.fresh.destroy()]);
  }

  /** Lets what is in flight end by itself, then closes all connections; later exchanges answer at once. */
  async drain(): Promise<void> {
    this.closed = true;
    await Promise.allSettled([this.kept.close(), this.fresh.close()]);
  }

  private dispatch(request: WireRequest, exchange: Exchange): void {
    const body = request.body === null ? null : JSON.stringify(request.body);
    const headers: Record<string, string> = { accept: 'application/json' };
    if (body !== null) headers['content-type'] = 'application/json';
    if (request.token !== null) headers['authorization'] = `Bearer ${request.token}`;
    const pool = request.fresh ? this.fresh : this.kept;
    try {
      pool.dispatch({ method: request.method, path: this.prefix + request.path, headers, body }, exchange);
    } catch (error) {
      exchange.fail(error);
    }
  }
}

/** Collects one answer and reports it exactly once. */
class Exchange implements Dispatcher.DispatchHandler {
  private controller: Dispatcher.DispatchController | null = null;
  private sent = false;
  private ended = false;
  private status = 0;
  private headers: Readonly<Record<string, string | undefined>> = {};
  private readonly chunks: Buffer[] = [];

  constructor(private readonly report: (answer: WireAnswer) => void) {}

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.ended) {
      // Aborted while it waited for a connection: no byte has been written yet.
      controller.abort(new Error('given up before it was sent'));
      return;
    }
    this.sent = true;
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Record<string, unknown>): void {
    this.status = status;
    this.headers = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, firstText(value)]));
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.end({ kind: 'answer', status: this.status, headers: this.headers, body: Buffer.concat(this.chunks) });
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.fail(error);
  }

  fail(error: unknown): void {
    this.unanswered(causeOf(error));
  }

  abort(cause: Cause): void {
    this.unanswered(cause);
    this.controller?.abort(new Error(cause.reason));
  }

  private unanswered(cause: Cause): void {
    this.end({ kind: 'no_answer', sent: this.sent, ...cause });
  }

  private end(answer: WireAnswer): void {
    if (this.ended) return;
    this.ended = true;
    this.report(answer);
  }
}

const firstText = (value: unknown): string | undefined => {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first : undefined;
};

/** Codes only: an error's message may contain what was sent. */
const causeOf = (error: unknown): Cause => {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  if (typeof code !== 'string') return { timedOut: false, reason: 'connection failed' };
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return { timedOut: false, reason: 'the answer is too long' };
  const timedOut = /TIMEOUT|TIMEDOUT/.test(code);
  return { timedOut, reason: `${timedOut ? TIME_OUT.reason : 'connection failed'} (${code})` };
};
