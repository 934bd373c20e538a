import { testKafkaBrokers } from '@dialtone/messaging/testing';
import { createTestDatabase, TcpProxy, type TestDatabase } from '@dialtone/persistence/testing';
import { randomBytes } from 'node:crypto';
import { Child, runAdmin, type AppName } from './child';
import { EventReader } from './event-reader';
import { eventually } from './eventually';
import { GatewayClient } from './gateway-client';
import { answers, request } from './http';
import { isSecuredRun, securedAccess } from './secured';
import { SimulatorClient } from './simulator-client';
import { ReferenceClient } from '../../voicelink-simulator/reference-client';

export type Environment = Readonly<Record<string, string>>;

export interface SystemOptions {
  /** Purchased DIDs that the simulated VoiceLink starts with; default none. */
  readonly dids?: number;
  readonly seed?: number;
  /** How many reconcilers; default one. */
  readonly reconcilers?: number;
  /** Of gateway and reconcilers, over the brisk defaults. */
  readonly env?: Environment;
  /** Whether gateway and reconcilers reach the database through `System.proxy`. */
  readonly isProxied?: boolean;
  /** Null: none. Default: the broker of the test run, which other systems use at the same time. */
  readonly brokers?: readonly string[] | null;
  /** Whether gateway and reconcilers reach database and broker over TLS and log in to it. Default: as the whole run does. */
  readonly isSecured?: boolean;
}

/** Soon enough to wait for; the defaults of the apps are for production. */
const BRISK: Environment = {
  NODE_ENV: 'production',
  HOST: '127.0.0.1',
  PORT: '0',
  METRICS_PORT: '0',
  SWEEP_INTERVAL_MS: '1000',
  // So long that no resync finds or repairs anything.
  RESYNC_INTERVAL_MS: '600000',
  POLL_INTERVAL_MS: '250',
  LEASE_TTL_MS: '3000',
  // A busy database is not one that is away.
  DATABASE_TIMEOUT_MS: '20000',
  VOICELINK_TIMEOUT_MS: '3000',
  VOICELINK_LATE_EFFECT_MS: '1000',
  VOICELINK_STALE_READS_MS: '1000',
  BACKOFF_BASE_MS: '100',
  BACKOFF_CAP_MS: '1000',
  // The tests poll.
  RATE_LIMIT_PER_MINUTE: '60000',
  // The most verbose level in use: what must not be in a log must not be in this one either.
  LOG_LEVEL: 'debug',
};

const USERNAME = 'reseller';

interface Demo {
  readonly api_key: string;
  readonly connection_id: string;
  readonly agents: readonly { readonly id: string; readonly name: string }[];
}

/** A row of the event log; numbers as text, as PostgreSQL gives them. */
export interface LoggedEvent {
  readonly event_id: string;
  readonly type: string;
  readonly key: string | null;
  readonly seq: string | null;
  /** Null until it is numbered. */
  readonly position: string | null;
}

export interface DeclaredDid {
  readonly key: string;
  readonly clientId: number;
}

const live = new Set<System>();

/**
 * Wraps the body of a test: on failure, adds the last output of every process of every running system to the message.
 */
export const explained = (body: () => Promise<void>) => async (): Promise<void> => {
  try {
    await body();
  } catch (error) {
    if (error instanceof Error) error.message += [...live].map((system) => system.lastWords()).join('');
    throw error;
  }
};

/** A whole Dialtone with its simulated VoiceLink: real processes on a real database and a real broker. */
export class System {
  readonly reconcilers: Child[] = [];
  readonly children: Child[] = [];
  readonly secrets: string[];
  simulator!: SimulatorClient;
  gateway!: GatewayClient;
  gatewayChild!: Child;
  /** Null without a broker. */
  events: EventReader | null = null;
  demo!: Demo;
  /** Between the apps and their database; null unless the options ask for it. */
  proxy: TcpProxy | null = null;
  private env!: Environment;
  private simulatorUrl = '';
  private brokers: readonly string[] = [];
  private readonly formerReaders: (Promise<void> | undefined)[] = [];

  private constructor(
    readonly database: TestDatabase,
    private readonly options: SystemOptions,
    private readonly access = {
      API_KEY_PEPPER: randomBytes(32).toString('base64'),
      CREDENTIALS_KEYS: `e2e:${randomBytes(32).toString('base64')}`,
      password: `pass-${randomBytes(9).toString('hex')}`,
    },
  ) {
    const { API_KEY_PEPPER, CREDENTIALS_KEYS, password } = access;
    this.secrets = [API_KEY_PEPPER, CREDENTIALS_KEYS.slice('e2e:'.length), password];
  }

  static async start(options: SystemOptions): Promise<System> {
    const system = new System(await createTestDatabase(), options);
    live.add(system);
    try {
      await system.launch();
    } catch (error) {
      if (error instanceof Error) error.message += system.lastWords();
      await system.end();
      throw error;
    }
    return system;
  }

  get connectionId(): string {
    return this.demo.connection_id;
  }

  get agentId(): string {
    return this.demo.agents[0]?.id ?? '';
  }

  get otherAgentId(): string {
    return this.demo.agents[1]?.id ?? '';
  }

  /** The only reconciler, or the first. */
  get reconciler(): Child {
    const [first] = this.reconcilers;
    if (first === undefined) throw new Error('There is no reconciler.');
    return first;
  }

  /** Where the first reconciler serves its health and metrics. */
  get reconcilerUrl(): string {
    return urlOf(this.reconciler) ?? '';
  }

  /** The environment of gateway and reconcilers, as a base for processes with another one. */
  get environment(): Environment {
    return this.env;
  }

  /** Starts one more, or the first after a kill. Resolves when it is ready. */
  async startReconciler(): Promise<Child> {
    const child = this.child(`reconciler ${String(this.reconcilers.length + 1)}`, 'reconciler');
    this.reconcilers.push(child);
    await ready(child, '/readyz');
    return child;
  }

  /** Kills every reconciler with SIGKILL and forgets it. */
  async killReconcilers(): Promise<void> {
    await Promise.all(this.reconcilers.splice(0).map((child) => child.kill9()));
  }

  /** Kills the gateway with SIGKILL, and starts another. */
  async restartGateway(): Promise<void> {
    await this.gatewayChild.kill9();
    this.gatewayChild = this.child('gateway again', 'api-gateway');
    await ready(this.gatewayChild, '/health/ready');
    this.gateway = new GatewayClient(urlOf(this.gatewayChild) ?? '', this.demo.api_key, this.demo.connection_id);
  }

  /** Declares a DID for the first agent. */
  async declare(key: string, clientId?: number, more: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.gateway.declare(key, {
      agent_id: this.agentId,
      ...(clientId === undefined ? {} : { client_id: clientId }),
      ...more,
    });
  }

  /** Waits until the DIDs are READY and settled for the current declaration. */
  async allReady(keys: readonly string[], withinMs?: number): Promise<void> {
    for (const key of keys) {
      await eventually(async () => {
        const { readiness, status, generation, observed_generation } = await this.gateway.binding(key);
        const is = `${readiness.state}${readiness.stale ? ' (stale)' : ''}, ${status.outcome} ${status.message ?? ''}`;
        const isReady = readiness.state === 'READY' && !readiness.stale && status.outcome === 'settled';
        if (!isReady || observed_generation !== generation) throw new Error(`${key} is not READY but ${is}`);
      }, withinMs);
    }
  }

  /** A DID with a client of its own, which has no bot: declared, not yet reconciled. */
  async declaredDid(more: Readonly<Record<string, string>> = {}): Promise<DeclaredDid> {
    const clientId = await this.simulator.addClient();
    const key = await this.simulator.addDid();
    await this.declare(key, clientId, more);
    return { key, clientId };
  }

  /** `count` DIDs, each with a client of its own, declared and READY. */
  async readyDids(count: number): Promise<readonly DeclaredDid[]> {
    const dids = await Promise.all(Array.from({ length: count }, () => this.declaredDid()));
    await this.allReady(dids.map(({ key }) => key));
    return dids;
  }

  async readyDid(): Promise<DeclaredDid> {
    const [did] = await this.readyDids(1);
    if (did === undefined) throw new Error('There is none.');
    return did;
  }

  /** Another user of the same VoiceLink account, logged in: sees what is on the wire. */
  async voicelink(): Promise<ReferenceClient> {
    const client = new ReferenceClient(this.simulatorUrl);
    await client.login(USERNAME, this.access.password);
    return client;
  }

  /** The whole Prometheus text of a process. */
  async metrics(child: Child): Promise<string> {
    return (await request(metricsUrlOf(child) ?? `${urlOf(child) ?? ''}/metrics`)).text;
  }

  /** Waits until every event that is logged so far has been read from Kafka; those events, oldest first. */
  async delivered(): Promise<readonly LoggedEvent[]> {
    const logged = await this.query<LoggedEvent>('select event_id, type, key, seq from event_log order by id');
    await eventually(() => {
      const read = new Set(this.events?.all().map(({ id }) => id));
      const missing = logged.filter(({ event_id }) => !read.has(event_id));
      if (missing.length > 0) throw new Error(`Not in Kafka: ${JSON.stringify(missing.slice(0, 5))} …`);
    });
    // Only now has each event its position.
    return this.query<LoggedEvent>(
      'select event_id, type, key, seq, position from event_log where event_id = any($1) order by id',
      [logged.map(({ event_id }) => event_id)],
    );
  }

  async query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<readonly Row[]> {
    this.source ??= this.database.connect(2);
    return (await this.source).query<Row[]>(sql, [...parameters]);
  }
  private source: ReturnType<TestDatabase['connect']> | undefined;

  /** Ends everything, and fails when a secret was in anything that a process wrote or the gateway answered. */
  async stop(): Promise<void> {
    const leaks = this.leaks(this.children.map(({ output }) => output)).concat(this.leaks(this.gateway.transcript));
    await this.end();
    if (leaks.length > 0) throw new Error(`Secrets in logs or answers: ${leaks.join(', ')}`);
  }

  /** The pieces of text that contain a secret or a VoiceLink token, cut off before it. */
  leaks(texts: readonly string[]): string[] {
    const token = /\b\d+\|[A-Za-z0-9_-]{30,}/;
    return texts.flatMap((text) => {
      const at = [...this.secrets.map((secret) => text.indexOf(secret)), text.search(token)].filter((i) => i >= 0);
      return at.map((index) => text.slice(Math.max(0, index - 120), index));
    });
  }

  lastWords(): string {
    return this.children
      .filter((child) => child.name !== 'simulator')
      .map((child) => `\n--- ${child.name} (${child.running ? 'running' : 'ended'}):\n${child.lastLines()}`)
      .join('');
  }

  private async launch(): Promise<void> {
    this.simulatorUrl = await this.startSimulator();
    const { API_KEY_PEPPER, CREDENTIALS_KEYS } = this.access;
    const brokers = this.options.brokers === undefined ? testKafkaBrokers() : (this.options.brokers ?? []);
    if (this.options.isProxied === true) this.proxy = new TcpProxy(Number(new URL(this.database.url).port));
    await this.proxy?.mend();
    const databaseUrl = this.proxy?.through(this.database.url) ?? this.database.url;
    this.env = {
      ...BRISK,
      API_KEY_PEPPER,
      CREDENTIALS_KEYS,
      ...this.servers(databaseUrl, brokers),
      VOICELINK_BASE_URL_ALLOWLIST: this.simulatorUrl,
      // Started processes reach no carrier: nothing listens there.
      CARRIER_BASE_URLS: ['twilio', 'plivo', 'vobiz', 'exotel', 'tata_smartflo', 'mcube']
        .map((name) => `${name}=http://127.0.0.1:9`)
        .join(','),
      ...this.options.env,
    };
    this.gatewayChild = this.child('gateway', 'api-gateway');
    const [demo] = await Promise.all([
      this.setUp(),
      ready(this.gatewayChild, '/health/ready'),
      ...Array.from({ length: this.options.reconcilers ?? 1 }, () => this.startReconciler()),
    ]);
    this.demo = demo;
    this.secrets.push(demo.api_key);
    this.gateway = new GatewayClient(urlOf(this.gatewayChild) ?? '', demo.api_key, demo.connection_id);
    this.brokers = brokers;
    this.readEventsAnew();
  }

  /** How database and broker are reached. A broker of a test's own has no listener for TLS. */
  private servers(databaseUrl: string, brokers: readonly string[]): Environment {
    const { isSecured = isSecuredRun, brokers: given } = this.options;
    const plain = { DATABASE_URL: databaseUrl, KAFKA_BROKERS: brokers.join(',') };
    if (!isSecured) return plain;
    const { databaseQuery, env } = securedAccess();
    return { ...plain, DATABASE_URL: `${databaseUrl}?${databaseQuery}`, ...(given === undefined && env) };
  }

  /** Reads from the beginning with a new consumer: one that was reading when its broker died takes half a minute to recover. */
  readEventsAnew(): void {
    this.formerReaders.push(this.events?.close());
    this.events = this.brokers.length === 0 ? null : new EventReader(this.brokers, this.connectionId);
  }

  private async startSimulator(): Promise<string> {
    const { seed = 1, dids = 0 } = this.options;
    const flags = {
      port: '0',
      seed: String(seed),
      dids: String(dids),
      username: USERNAME,
      password: this.access.password,
    };
    const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
    const child = new Child('simulator', 'voicelink-simulator', { args });
    this.children.push(child);
    const url = await announced(child, (output) => /listening on (\S+)/.exec(output)?.[1]);
    this.simulator = new SimulatorClient(`${url}/__admin`);
    return url;
  }

  private async setUp(): Promise<Demo> {
    const args = ['demo', '--base-url', this.simulatorUrl, '--username', USERNAME];
    const { code, stdout, output } = await runAdmin(args, { ...this.env, VOICELINK_PASSWORD: this.access.password });
    if (code !== 0) throw new Error(`admin demo failed: ${output}`);
    return JSON.parse(stdout) as Demo;
  }

  private child(name: string, app: AppName): Child {
    const child = new Child(name, app, { env: this.env });
    this.children.push(child);
    return child;
  }

  private async end(): Promise<void> {
    live.delete(this);
    await Promise.all([this.events?.close(), ...this.formerReaders, ...this.children.map((child) => child.kill9())]);
    await this.proxy?.cut();
    await this.database.drop();
  }
}

export const startSystem = (options: SystemOptions = {}): Promise<System> => System.start(options);

/** The address in the log line with which an app says that it listens. */
export const urlOf = (child: Child): string | undefined => /"url":"(http:[^"]+)"/.exec(child.stdout)?.[1];

/** The address of the metrics of an app that serves them on another port. */
const metricsUrlOf = (child: Child): string | undefined => /"metrics_url":"(http:[^"]+)"/.exec(child.stdout)?.[1];

const announced = (child: Child, find: (output: string) => string | undefined): Promise<string> =>
  eventually(() => {
    const found = find(child.output);
    if (found === undefined) throw new Error(`${child.name} has not said its address.`);
    return found;
  });

export const ready = async (child: Child, path: string): Promise<void> => {
  const url = await announced(child, () => urlOf(child));
  await eventually(async () => {
    if (!(await answers(`${url}${path}`))) throw new Error(`${child.name} is not ready.`);
  });
};
