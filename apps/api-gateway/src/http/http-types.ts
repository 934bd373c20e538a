import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Principal } from '@dialtone/persistence';
import type { OpenSpan } from '@dialtone/tracing';
import type { ErrorCode } from './errors/api-error';
import type { Once } from './once';

/** The Fastify instance under Nest, without depending on Fastify's own package. */
export type HttpServer = Awaited<ReturnType<NestFastifyApplication['register']>>;

/** What guards, filters and handlers read of a request. */
export interface HttpRequest {
  readonly id: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly raw: {
    /** As received: names and values alternate, repetitions included. */
    readonly rawHeaders: readonly string[];
    readonly socket: { readonly destroyed: boolean };
  };
  /** The matched route, with its parameters as `:name`. */
  readonly routeOptions: { readonly url?: string | undefined; readonly config?: unknown };
  /** Why it was refused; set where errors become answers. */
  refusedWith?: ErrorCode;
  /** Set by admission; absent on public routes. */
  principal?: Principal;
  /** Set by admission: lets the partner's next request begin while this one waits for something to happen. */
  leavePlace?: () => void;
  /** Set by admission: is told how long each use of the database took, ms. */
  tookDatabase?: (ms: number) => void;
  /** Parsed; undefined when there is none. */
  readonly body?: unknown;
  readonly query?: unknown;
  /** How long it waited for something to happen; it is no time that its answer took. */
  waitedMs?: number;
  /** While requests are traced. */
  span?: OpenSpan;
  /** Set for a request with an idempotency key. */
  once?: Once;
}

/** What handlers and filters do to a reply. */
export interface HttpReply {
  readonly sent: boolean;
  readonly statusCode: number;
  getHeader(name: string): string | number | string[] | undefined;
  code(status: number): HttpReply;
  header(name: string, value: string): HttpReply;
  send(payload: unknown): HttpReply;
}
