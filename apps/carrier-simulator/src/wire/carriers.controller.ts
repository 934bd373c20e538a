import { All, Controller, Req, Res } from '@nestjs/common';
import { LiveTimers } from './live-timers';
import { Pipeline, type Reply } from './pipeline';
import { readRequest, type RawBody } from './request';

/** The few parts of Fastify's request and reply that are used here. */
interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: RawBody | undefined;
  readonly raw: { readonly socket: { destroy(): void; resetAndDestroy(): void } };
}

interface HttpReply {
  code(status: number): HttpReply;
  headers(values: Readonly<Record<string, string>>): HttpReply;
  type(contentType: string): HttpReply;
  send(payload?: string): unknown;
  hijack(): unknown;
}

const PAGE = '<!DOCTYPE html><html><head><title>Gateway</title></head><body>Please try again later.</body></html>';

/** One route for all carriers: faults and the journal need the raw request and, at times, no reply at all. */
@Controller()
export class CarriersController {
  constructor(
    private readonly pipeline: Pipeline,
    private readonly timers: LiveTimers,
  ) {}

  @All('*')
  async handle(@Req() request: HttpRequest, @Res() reply: HttpReply): Promise<void> {
    const answer = await this.pipeline.handle(readRequest(request, request.body));
    if (answer.kind === 'json' || answer.kind === 'html') send(reply, answer);
    else await this.leave(request, reply, answer);
  }

  /** The socket stays open until the caller closes it, a fault cuts it, or the simulator stops. */
  private async leave(
    { raw: { socket } }: HttpRequest,
    reply: HttpReply,
    answer: Extract<Reply, { kind: 'silence' | 'reset' }>,
  ): Promise<void> {
    reply.hijack();
    if (answer.kind === 'reset') {
      socket.resetAndDestroy();
      return;
    }
    if (answer.cutAfterMs === null) return;
    await this.timers.sleep(answer.cutAfterMs);
    socket.destroy();
  }
}

const send = (reply: HttpReply, answer: Extract<Reply, { kind: 'json' | 'html' }>): void => {
  if (answer.kind === 'html') {
    reply.code(answer.status).type('text/html; charset=UTF-8').send(PAGE);
    return;
  }
  reply.code(answer.status).headers(answer.headers);
  if (answer.body === null) reply.send();
  else reply.type('application/json').send(JSON.stringify(answer.body));
};
