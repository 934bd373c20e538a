import type { Dispatcher } from 'undici';
import type { ReceivedBody } from './received-body';

export type WireAnswer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: Readonly<Record<string, string | undefined>>;
      readonly body: ReceivedBody;
    }
  /** `sent: false` proves that not one byte of the request was written. `true` means that some may have been. */
  | ({ readonly kind: 'no_answer'; readonly sent: boolean } & Cause);

/** Why no answer came. */
export interface Cause {
  readonly timedOut: boolean;
  readonly reason: string;
}

export const TIME_OUT: Cause = { timedOut: true, reason: 'time-out' };

/**
 * Collects one answer and reports it exactly once.
 *
 * Whether a request was sent is not guessed from error codes (ECONNRESET and ETIMEDOUT come before and after sending):
 * undici calls `onRequestStart` right before it writes a request to an established connection, so an error without that
 * call proves that nothing left.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  private controller: Dispatcher.DispatchController | null = null;
  private sent = false;
  private ended = false;
  private status = 0;
  private headers: Readonly<Record<string, string | undefined>> = {};

  constructor(
    private readonly body: ReceivedBody,
    private readonly report: (answer: WireAnswer) => void,
  ) {}

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
    this.body.add(chunk);
  }

  onResponseEnd(): void {
    this.end({ kind: 'answer', status: this.status, headers: this.headers, body: this.body });
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
