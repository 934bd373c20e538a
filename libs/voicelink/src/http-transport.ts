import { Exchanges, type WireAnswer } from '@dialtone/wire';
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
  /** True: the body comes with its digest. */
  readonly isDigested?: boolean;
}

/**
 * One HTTP exchange at a time over its own connections; knows nothing of VoiceLink.
 *
 * Reads share kept-alive connections. Mutating calls (and logins) get a fresh connection each: the server may close a kept-alive one in the moment it is reused, and that would leave a write in doubt.
 */
export class HttpTransport {
  private readonly prefix: string;
  private readonly kept: Pool;
  private readonly fresh: Pool;
  private readonly exchanges = new Exchanges();

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
    const dispatch = (exchange: Dispatcher.DispatchHandler): void => {
      this.dispatch(request, exchange);
    };
    return this.exchanges.run(this.settings.timeouts.totalMs, dispatch, request.isDigested);
  }

  /** Ends what is in flight, closes all connections; later exchanges answer at once. Idempotent. */
  async close(): Promise<void> {
    this.exchanges.end();
    await Promise.all([this.kept.destroy(), this.fresh.destroy()]);
  }

  /** Lets what is in flight end by itself, then closes all connections; later exchanges answer at once. */
  async drain(): Promise<void> {
    this.exchanges.close();
    await Promise.allSettled([this.kept.close(), this.fresh.close()]);
  }

  private dispatch(request: WireRequest, exchange: Dispatcher.DispatchHandler): void {
    const body = request.body === null ? null : JSON.stringify(request.body);
    const headers: Record<string, string> = { accept: 'application/json' };
    if (body !== null) headers['content-type'] = 'application/json';
    if (request.token !== null) headers['authorization'] = `Bearer ${request.token}`;
    const pool = request.fresh ? this.fresh : this.kept;
    pool.dispatch({ method: request.method, path: this.prefix + request.path, headers, body }, exchange);
  }
}
