import { BoundedClient, SESSION_OPTIONS } from './bounded-client';
import { LOGGED, NUMBERED, POSITIONED, WAKE_CHANNEL } from './db';
import { OwnerSessions } from './owner-sessions';
import { ServerWatch } from './server-watch';

/**
 * Events were logged (`logged`), were given their positions (`numbered`), or were logged with them (`positioned`), and nothing became due;
 * or anything may have happened: became due, was logged, was missed.
 */
export type WakeReason = 'logged' | 'numbered' | 'positioned' | 'anything';

const REASONS: ReadonlyMap<string | undefined, WakeReason> = new Map([
  [LOGGED, 'logged'],
  [NUMBERED, 'numbered'],
  [POSITIONED, 'positioned'],
]);

export interface Listener {
  /** Stops listening; resolves when the connection is closed. Idempotent. */
  close(): Promise<void>;
}

export interface ListenerOptions {
  /** Told of each lost or refused connection; the listener goes on trying by itself. */
  readonly onError?: (error: Error) => void;
  /** Told when notifications begin to arrive, and when they do not any more. */
  readonly onHearing?: (isHearing: boolean) => void;
  /** First pause before reconnecting; doubles up to 2 s. Default 100 ms. */
  readonly reconnectMs?: number;
  /** Interval of the heartbeat to the server. Default 2,000 ms, with an owner 600 ms. */
  readonly beatMs?: number;
  /** The owner of this process's leases: with each heartbeat leases of owners whose processes have ended are ended, too. */
  readonly owner?: string;
}

const MAX_RECONNECT_MS = 2_000;
const BEAT_MS = 2_000;
/** An ended process is missed twice: its work goes on within two seconds. */
const OWNER_BEAT_MS = 600;
/** A server counts as silent when it takes longer to open a connection, or one second longer to answer a heartbeat. */
const ANSWER_MS = 2_000;

/**
 * Calls `onWake` when any process makes work due or logs an event, and after every (re)connect, because wake-ups are lost
 * while disconnected. Uses one connection outside the pool; does not work through a transaction-pooling proxy. Wake-ups only
 * shorten the wait: callers poll as well.
 */
export const createListener = (
  url: string,
  onWake: (reason: WakeReason) => void,
  options: ListenerOptions = {},
): Listener => {
  const listening = new Listening(url, onWake, options);
  void listening.connect();
  return listening;
};

class Listening implements Listener {
  private isClosed = false;
  private client: BoundedClient | null = null;
  /** Until the next attempt to connect, or the next heartbeat. */
  private timer: NodeJS.Timeout | undefined;
  private pause: number;
  private readonly sessions: OwnerSessions | null;

  constructor(
    private readonly url: string,
    private readonly onWake: (reason: WakeReason) => void,
    private readonly options: ListenerOptions,
  ) {
    this.pause = this.firstPause;
    this.sessions = options.owner === undefined ? null : new OwnerSessions(options.owner);
  }

  async connect(): Promise<void> {
    const client = this.open();
    this.client = client;
    try {
      await client.connect();
      await client.query(`listen ${WAKE_CHANNEL}`);
      await this.sessions?.hold(client);
      this.pause = this.firstPause;
      if (this.client !== client) return;
      this.beat(client);
      this.options.onHearing?.(true);
      this.onWake('anything');
    } catch (error) {
      this.lost(client, error);
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.timer);
    const last = this.client;
    this.client = null;
    await last?.end().catch(() => undefined);
  }

  private get firstPause(): number {
    return this.options.reconnectMs ?? 100;
  }

  private open(): BoundedClient {
    const client = new BoundedClient({
      connectionString: this.url,
      application_name: 'dialtone-listener',
      keepAlive: true,
      connectionTimeoutMillis: ANSWER_MS,
      statement_timeout: ANSWER_MS,
      options: SESSION_OPTIONS,
      watch: new ServerWatch(),
    });
    client.on('error', (error) => {
      this.lost(client, error);
    });
    client.on('end', () => {
      this.retryLater(client);
    });
    client.on('notification', ({ payload }) => {
      this.onWake(REASONS.get(payload) ?? 'anything');
    });
    return client;
  }

  /** A connection that only receives does not show that it is dead, so a heartbeat is sent. */
  private beat(client: BoundedClient): void {
    const { sessions, options } = this;
    const beatMs = options.beatMs ?? (sessions === null ? BEAT_MS : OWNER_BEAT_MS);
    this.timer = setTimeout(() => {
      const heard: Promise<unknown> = sessions === null ? client.query('select 1') : sessions.look(client);
      heard.then(
        () => {
          if (this.client === client) this.beat(client);
        },
        (error: unknown) => {
          this.lost(client, error);
        },
      );
    }, beatMs);
  }

  private lost(client: BoundedClient, error: unknown): void {
    if (this.client === client) this.options.onError?.(error instanceof Error ? error : new Error(String(error)));
    this.retryLater(client);
  }

  private retryLater(lost: BoundedClient): void {
    if (this.isClosed || this.client !== lost) return;
    this.client = null;
    this.options.onHearing?.(false);
    clearTimeout(this.timer);
    void lost.end().catch(() => undefined);
    this.timer = setTimeout(() => void this.connect(), this.pause);
    this.pause = Math.min(this.pause * 2, MAX_RECONNECT_MS);
  }
}
