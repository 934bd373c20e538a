import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Principal } from '@dialtone/persistence';
import type { HttpReply, HttpRequest } from './http-types';
import { UNGUARDED, type Once } from './once';

/** One authenticated call. */
export interface Call {
  readonly principal: Principal;
  readonly request: HttpRequest;
  /** For status and headers only: the handler returns the body. */
  readonly reply: HttpReply;
  readonly once: Once;
}

/** The call with the principal that admission set on the request. */
export const CurrentCall = createParamDecorator((_: unknown, context: ExecutionContext): Call => {
  const http = context.switchToHttp();
  const request = http.getRequest<HttpRequest>();
  if (request.principal === undefined) throw new Error('A route that reads the principal must not be public.');
  return {
    principal: request.principal,
    request,
    reply: http.getResponse<HttpReply>(),
    once: request.once ?? UNGUARDED,
  };
});
