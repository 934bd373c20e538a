import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AdminAccess } from './admin/admin-access';
import { DEFAULT_HOST, DEFAULT_NUMBERS, DEFAULT_SEED, type SimulatorOptions } from './simulator-options';
import { SimulatorModule } from './simulator.module';
import { Simulator } from './simulator';
import { LiveTimers } from './wire/live-timers';
import type { RawBody } from './wire/request';

export interface RunningSimulator {
  /** The root of all carriers; the README says what each one's base URL is below it. */
  readonly url: string;
  readonly adminUrl: string;
  readonly port: number;
  /** Direct access for tests in the same process. */
  readonly simulator: Simulator;
  /** Cuts open connections, and lets no call go further. Idempotent. */
  stop(): Promise<void>;
}

/** Rejects with the system's error (such as EADDRINUSE) when the port cannot be taken. */
export const startSimulator = async (options: SimulatorOptions = {}): Promise<RunningSimulator> => {
  const { host = DEFAULT_HOST, port = 0, openAdmin = false } = options;
  const { seed = DEFAULT_SEED, numbers = DEFAULT_NUMBERS, clock = 'live', life } = options;
  const simulator = new Simulator({ seed, numbers, clock }, life);
  const app = await createApp(simulator, new AdminAccess(openAdmin));
  try {
    await app.listen(port, host);
  } catch (error) {
    await app.close();
    throw error;
  }
  return running(app, simulator, host);
};

const createApp = async (simulator: Simulator, access: AdminAccess): Promise<NestFastifyApplication> => {
  const app = await NestFactory.create<NestFastifyApplication>(
    SimulatorModule.of(simulator, access),
    // Held connections would keep close() waiting for ever.
    new FastifyAdapter({ forceCloseConnections: true }),
    { bodyParser: false, logger: false, abortOnError: false },
  );
  // Each carrier reads bodies by its own rules.
  app.useBodyParser(['application/json', 'text/plain', '*'], {}, (request, payload: Buffer, done) => {
    const raw: RawBody = { type: request.headers['content-type'] ?? '', text: payload.toString('utf8') };
    done(null, raw);
  });
  return app;
};

const running = (app: NestFastifyApplication, simulator: Simulator, host: string): RunningSimulator => {
  const { port } = app.getHttpServer().address() as { port: number };
  const shown = host.includes(':') ? `[${host}]` : host;
  const url = `http://${shown}:${String(port)}`;
  let stopping: Promise<void> | null = null;
  const stop = (): Promise<void> => {
    simulator.stop();
    app.get(LiveTimers).stop();
    return (stopping ??= app.close());
  };
  return { url, adminUrl: `${url}/__admin`, port, simulator, stop };
};
