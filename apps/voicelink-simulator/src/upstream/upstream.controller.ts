import { All, Controller, Req, Res } from '@nestjs/common';
import { asBody } from '../world/fields';
import { LiveTimers } from './live-timers';
import { Pipeline, type Reply } from './pipeline';

/** The few parts of Fastify's request and reply that are used here. */
interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly query: unknown;
  readonly body: unknown;
  readonly raw: { readonly socket: { destroy(): void } };
}

interface HttpReply {
  code(status: number): HttpReply;
  headers(values: Readonly<Record<string, string>>): HttpReply;
  type(contentType: string): HttpReply;
  send(payload: string): unknown;
  hijack(): unknown;
}

const LOGIN_PAGE = '<!DOCTYPE html><html><head><title>VoiceLink</title></head><body>Please sign in.</body></html>';

/** One route for the whole upstream API: faults and the journal need the raw request and, at times, no reply at all. */
@Controller()
export class UpstreamController {
  constructor(
    private readonly pipeline: Pipeline,
    private readonly timers: LiveTimers,
  ) {}

  @All('v1/*')
  async handle(@Req() request: HttpRequest, @Res() reply: HttpReply): Promise<void> {
    const answer = await this.pipeline.handle({
      method: request.method,
      path: request.url.split('?')[0] ?? '/',
      query: asBody(request.query),
      body: asBody(request.body),
      token: bearer(request.headers['authorization']),
      acceptsJson: String(request.headers['accept'] ?? '').includes('json'),
    });
    if (answer.kind === 'silence') this.keepSilent(request, reply, answer.cutAfterMs);
    else send(reply, answer);
  }

  /** The socket stays open until the caller closes it, a fault cuts it, or the simulator stops. */
  private keepSilent(request: HttpRequest, reply: HttpReply, cutAfterMs: number | null): void {
    reply.hijack();
    if (cutAfterMs === null) return;
    this.timers.later(cutAfterMs, () => {
      request.raw.socket.destroy();
    });
  }
}

const send = (reply: HttpReply, answer: Exclude<Reply, { kind: 'silence' }>): void => {
  const [type, text] =
    answer.kind === 'html'
      ? ['text/html; charset=UTF-8', LOGIN_PAGE]
      : ['application/json', (answer.before ?? '') + JSON.stringify(answer.body)];
  reply.code(answer.status).headers(answer.headers).type(type).send(text);
};

const bearer = (header: string | string[] | undefined): string | null =>
  typeof header === 'string' && /^bearer /i.test(header) ? header.slice('bearer '.length).trim() : null;
