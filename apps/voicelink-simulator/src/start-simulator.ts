import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AdminAccess } from './admin/admin-access';
import { Simulator, type Credentials } from './simulator';
import {
  DEFAULT_CREDENTIALS,
  DEFAULT_DIDS,
  DEFAULT_HOST,
  DEFAULT_SEED,
  type SimulatorOptions,
} from './simulator-options';
import { SimulatorModule } from './simulator.module';
import { LiveTimers } from './upstream/live-timers';

export interface RunningSimulator {
  /** What `/v1/…` is appended to. */
  readonly url: string;
  readonly adminUrl: string;
  readonly port: number;
  readonly credentials: Credentials;
  /** Direct access for tests in the same process. */
  readonly simulator: Simulator;
  /** Cuts open connections and drops late effects. Idempotent. */
  stop(): Promise<void>;
}

/** Rejects with the system's error (such as EADDRINUSE) when the port cannot be taken. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<RunningSimulator> {
  const credentials = {
    username: options.username ?? DEFAULT_CREDENTIALS.username,
    password: options.password ?? DEFAULT_CREDENTIALS.password,
  };
  const data = { seed: options.seed ?? DEFAULT_SEED, dids: options.dids ?? DEFAULT_DIDS };
  const simulator = new Simulator(credentials, data, options.behaviour);
  const app = await createApp(simulator, new AdminAccess(options.openAdmin ?? false));
  const host = options.host ?? DEFAULT_HOST;
  try {
    await app.listen(options.port ?? 0, host);
  } catch (error) {
    await app.close();
    throw error;
  }
  return running(app, simulator, host);
}

async function createApp(simulator: Simulator, access: AdminAccess): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    SimulatorModule.of(simulator, access),
    // Held connections would keep close() waiting for ever.
    new FastifyAdapter({ forceCloseConnections: true }),
    { bodyParser: false, logger: false, abortOnError: false },
  );
  // Whatever cannot be parsed is an empty body, as it is for Laravel: the validation then says what is missing.
  app.useBodyParser(['application/json', 'text/plain', '*'], {}, (_request, payload: Buffer, done) => {
    done(null, parseJson(payload.toString('utf8')));
  });
  return app;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return {};
  }
}

function running(app: NestFastifyApplication, simulator: Simulator, host: string): RunningSimulator {
  const { port } = app.getHttpServer().address() as { port: number };
  const shown = host.includes(':') ? `[${host}]` : host;
  const url = `http://${shown}:${String(port)}`;
  let stopping: Promise<void> | null = null;
  const stop = (): Promise<void> => {
    app.get(LiveTimers).stop();
    return (stopping ??= app.close());
  };
  return { url, adminUrl: `${url}/__admin`, port, credentials: simulator.credentials, simulator, stop };
}
