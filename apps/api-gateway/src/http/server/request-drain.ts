import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { HealthRegistry } from '@dialtone/platform';
import { HEALTH } from '../../outside/tokens';
import type { HttpServer } from '../http-types';
import type { RequestObserver } from '../request-observer';
import { StreamRoom } from '../stream-room';
import { WaitingRoom } from '../waiting-room';

const DRAIN_MS = 2000;

/**
 * Waits up to two seconds for running requests before the server closes. Closing cuts every open connection; otherwise an event
 * stream would keep the server open for ever.
 */
@Injectable()
export class RequestDrain implements BeforeApplicationShutdown, RequestObserver {
  private open = 0;
  private draining = false;
  private idle: (() => void) | null = null;

  constructor(
    @Inject(HEALTH) private readonly health: HealthRegistry,
    private readonly waitingRoom: WaitingRoom,
    private readonly streams: StreamRoom,
  ) {}

  begins(): void {
    this.open += 1;
  }

  ends(): void {
    this.open -= 1;
    if (this.open === 0) this.idle?.();
  }

  /** Call once, before the server listens. */
  watch(server: HttpServer): void {
    server.addHook('onSend', (_request, reply, _payload, done) => {
      if (this.draining) reply.header('connection', 'close');
      done();
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.draining = true;
    this.health.beginShutdown();
    this.waitingRoom.close();
    this.streams.close();
    if (this.open === 0) return;
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
