import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { HealthRegistry } from '@dialtone/platform';
import { HEALTH } from '../../outside/tokens';
import type { HttpServer } from '../http-types';

const DRAIN_MS = 2000;

/**
 * Waits up to two seconds for running requests before the server closes. Closing cuts every open connection; otherwise an event
 * stream would keep the server open for ever.
 */
@Injectable()
export class RequestDrain implements BeforeApplicationShutdown {
  private readonly open = new Set<object>();
  private draining = false;
  private idle: (() => void) | null = null;

  constructor(@Inject(HEALTH) private readonly health: HealthRegistry) {}

  /** Call once, before the server listens. */
  watch(server: HttpServer): void {
    server.addHook('onRequest', (_request, reply, done) => {
      const response = reply.raw;
      this.open.add(response);
      // Emitted even when the client leaves before the answer.
      response.once('close', () => {
        this.open.delete(response);
        if (this.open.size === 0) this.idle?.();
      });
      done();
    });
    server.addHook('onSend', (_request, reply, _payload, done) => {
      if (this.draining) reply.header('connection', 'close');
      done();
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.draining = true;
    this.health.beginShutdown();
    if (this.open.size === 0) return;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const deadline = setTimeout(() => {
      resolve(undefined);
    }, DRAIN_MS);
    this.idle = (): void => {
      resolve(undefined);
    };
    await promise;
    clearTimeout(deadline);
  }
}
