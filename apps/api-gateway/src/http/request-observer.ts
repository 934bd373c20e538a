import type { ErrorCode } from './errors/api-error';
import type { HttpRequest } from './http-types';

/** How a request ended. */
export interface RequestEnd {
  readonly request: HttpRequest;
  /** True for a request that no route takes. */
  readonly isUnmatched: boolean;
  /** Of the answer, or `SENDER_LEFT` when none was begun. */
  readonly status: number;
  /** Why it was refused, also while it was still being received. */
  readonly code?: ErrorCode;
  /** True when the answer was not handed to the network whole. */
  readonly isAborted: boolean;
  readonly ms: number;
}

/** Is told once that a request begins and once that it ends, however it ends. */
export interface RequestObserver {
  begins?(): void;
  ends(end: RequestEnd): void;
}
