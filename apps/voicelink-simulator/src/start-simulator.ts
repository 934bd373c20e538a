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
import { restoreState, saveState } from './state-file';
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
export const startSimulator = async (options: SimulatorOptions = {}): Promise<RunningSimulator> => {
  const { host = DEFAULT_HOST, port = 0, openAdmin = false, stateFile } = options;
  const simulator = simulatorOf(options);
  if (stateFile !== undefined) restoreState(simulator, stateFile);
  const app = await createApp(simulator, new AdminAccess(openAdmin));
  try {
    await app.listen(port, host);
  } catch (error) {
    await app.close();
    throw error;
  }
  return running(app, simulator, { host, stateFile });
};

const simulatorOf = (options: SimulatorOptions): Simulator => {
  const { username, password } = { ...DEFAULT_CREDENTIALS, ...options };
  const { seed = DEFAULT_SEED, dids = DEFAULT_DIDS, behaviour } = options;
  return new Simulator({ username, password }, { seed, dids }, behaviour);
};

const createApp = async (simulator: Simulator, access: AdminAccess): Promise<NestFastifyApplication> => {
  const app = await NestFactory.create<NestFastifyApplication>(
    SimulatorModule.of(simulator, access),
    // Held connections would keep close() waiting for ever.
    new FastifyAdapter({ forceCloseConnections: true }),
    { bodyParser: false, logger: false, abortOnError: false },
  );
  // An unparsable body counts as empty, as in Laravel: the validation then says which fields are missing.
  app.useBodyParser(['application/json', 'text/plain', '*'], {}, (_request, payload: Buffer, done) => {
    done(null, parseJson(payload.toString('utf8')));
  });
  return app;
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return {};
  }
};

interface Whereabouts {
  readonly host: string;
  readonly stateFile: string | undefined;
}

const running = (
  app: NestFastifyApplication,
  simulator: Simulator,
  { host, stateFile }: Whereabouts,
): RunningSimulator => {
  const { port } = app.getHttpServer().address() as { port: number };
  const shown = host.includes(':') ? `[${host}]` : host;
  const url = `http://${shown}:${String(port)}`;
  let stopping: Promise<void> | null = null;
  const stop = (): Promise<void> => {
    app.get(LiveTimers).stop();
    if (stopping === null && stateFile !== undefined) saveState(simulator, stateFile);
    return (stopping ??= app.close());
  };
  return { url, adminUrl: `${url}/__admin`, port, credentials: simulator.credentials, simulator, stop };
};
