import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

/** `host:port,…` of the broker that the test run was given; see test/setup/global-setup.mjs. */
export const testKafkaBrokers = (): readonly string[] => {
  // eslint-disable-next-line no-restricted-syntax -- how Jest's global set-up hands its result to the workers
  const brokers = process.env['TEST_KAFKA_BROKERS'];
  if (brokers === undefined) {
    throw new Error('No test broker: name the file *.int-spec.ts or *.e2e-spec.ts, then Jest starts Kafka for it.');
  }
  return brokers.split(',');
};

/**
 * A unique topic, group or client name. Tests never reuse one: a topic that is deleted and made again keeps
 * its groups' committed offsets, and a consumer then waits for ever.
 */
export const uniqueName = (prefix: string): string => `${prefix}-${randomBytes(6).toString('hex')}`;

/** A Kafka node of one test's own, which may be stopped and started again on the same port with the same data. */
export interface PrivateKafka {
  readonly brokers: readonly string[];
  /** Orderly stop, up to 10 s. Nothing that was acknowledged is lost. */
  stopBroker(): Promise<void>;
  /** SIGKILL: like a crash. */
  killBroker(): Promise<void>;
  /** Resolves when the node has a controller again: 2 s, after a crash 4 s. */
  startBroker(): Promise<void>;
  /** Stops it and removes its data. */
  dispose(): Promise<void>;
}

interface Announcement {
  readonly brokers: string;
  readonly port: number;
  /** Null when it runs in a container. */
  readonly pid: number | null;
}

const SCRIPT = resolve(__dirname, '../../../deploy/local/run-kafka.mjs');

/** Resolves to the line that the script prints when the broker is ready. */
const announced = (child: ChildProcess): Promise<Announcement> =>
  new Promise((settle, reject) => {
    let complaint = '';
    child.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
    child.once('exit', (code) => {
      reject(new Error(`Kafka did not start (exit code ${String(code)}): ${complaint}`));
    });
    if (child.stdout === null) return;
    createInterface(child.stdout).once('line', (line) => {
      settle(JSON.parse(line) as Announcement);
    });
  });

const ended = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((settle) => {
        child.once('exit', () => {
          settle();
        });
      });

/** Starts a Kafka node (in a process of its own, which ends with this one). Takes some 4 s. */
export const startPrivateKafka = async (): Promise<PrivateKafka> => {
  const directory = await mkdtemp(join(tmpdir(), 'dialtone-kafka-'));
  let child: ChildProcess | undefined;
  let announcement: Announcement | undefined;
  const startBroker = async (): Promise<void> => {
    const port = announcement === undefined ? [] : ['--port', String(announcement.port)];
    child = spawn(process.execPath, [SCRIPT, '--data', directory, ...port], { stdio: ['pipe', 'pipe', 'pipe'] });
    announcement = await announced(child);
  };
  const end = async (act: (running: ChildProcess) => void): Promise<void> => {
    if (child === undefined) return;
    act(child);
    await ended(child);
    child = undefined;
  };
  const stopBroker = (): Promise<void> => end((running) => running.stdin?.end());
  await startBroker();
  return {
    brokers: [`127.0.0.1:${String(announcement?.port)}`],
    startBroker,
    stopBroker,
    killBroker: () =>
      end((running) => {
        const pid = announcement?.pid;
        if (typeof pid === 'number') process.kill(pid, 'SIGKILL');
        else running.stdin?.end();
      }),
    dispose: async () => {
      await stopBroker();
      await rm(directory, { recursive: true, force: true });
    },
  };
};
