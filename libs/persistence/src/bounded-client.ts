import type { PartnerId } from '@dialtone/domain';
import { Client, type ClientConfig, type QueryResult } from 'pg';
import { DatabaseAwayError, sessionLoss } from './database-errors';
import { isPlanLost, keptPlans } from './kept-plans';
import { currentBehalf } from './on-behalf-of';
import { readInTurns } from './read-in-turns';
import { tracedStatement } from './traced-statement';
import type { ServerWatch, WatchedConnection } from './server-watch';
import { turns } from './turns';

/** How much later than the server the client gives up: the server ends a slow statement, the client only a silent connection. */
const GRACE_MS = 1_000;
/** How long an orderly close may take. */
const CLOSE_MS = 1_000;

/**
 * Ends sessions that their client has abandoned without the server noticing; they would occupy a slot for hours. The pool
 * closes connections that are idle for 10 s by itself.
 */
export const SESSION_OPTIONS = '-c idle_session_timeout=60000';

const WRITABLE = `select pg_is_in_recovery() or current_setting('transaction_read_only')::boolean as read_only`;
const OWN_TIMEOUT = /^set local statement_timeout = (\d+)$/;
const TRANSACTION_EDGE = /^(?:START TRANSACTION|COMMIT|ROLLBACK)$/;

export interface BoundedClientConfig extends ClientConfig {
  /** How long the server lets a statement run, in milliseconds; 0 for no limit. */
  readonly statement_timeout: number;
  /** Shared by the connections of a pool. */
  readonly watch: ServerWatch;
}

type Callback = ((error: Error) => void) | ((error: null, client: Client) => void);

const textOf = (query: unknown): string => {
  if (typeof query === 'string') return query;
  const { text } = (query ?? {}) as { readonly text?: unknown };
  return typeof text === 'string' ? text : '';
};

/**
 * A connection that never keeps its caller waiting for a server that has gone silent, and never serves again after the
 * server has said that the session is over or does not take writes.
 *
 * A query fails when the server is silent for a second longer than it lets a statement run; the socket is destroyed, and
 * the pool replaces the connection. `set local statement_timeout = …` moves both bounds for the rest of
 * a transaction. `connect` succeeds only with a session that takes writes, as `target_session_attrs=read-write` does.
 */
export class BoundedClient extends Client implements WatchedConnection {
  heardAt = 0;
  private readonly usualMs: number;
  private readonly watch: ServerWatch;
  private statementMs: number;
  private pending = 0;
  private isGivenUp = false;
  /** For whom the latest statement is. */
  private partnerId: PartnerId | null = null;
  private timer: NodeJS.Timeout | undefined;
  private keepsPlans = true;

  constructor(config: BoundedClientConfig) {
    super(config);
    this.watch = config.watch;
    this.usualMs = config.statement_timeout;
    this.statementMs = this.usualMs;
    // The pool listens only once it hands the client out, and an error without a listener ends the process.
    this.on('error', () => undefined);
  }

  override connect(): Promise<Client>;
  override connect(callback: Callback): void;
  override connect(callback?: Callback): Promise<Client> | undefined {
    const opened = this.watch.open(() => this.openWritable());
    if (callback === undefined) return opened;
    const done = callback as (error: unknown, client?: Client) => void;
    opened.then(() => {
      done(null, this);
    }, done);
    return undefined;
  }

  /** Promises only: neither TypeORM nor this library passes a callback, which would wait without a bound. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- stands for the nine signatures of the base class
  override query(query: unknown, parameters?: unknown): Promise<any> {
    this.setBound(textOf(query));
    this.partnerId = currentBehalf()?.partnerId ?? null;
    const answer = tracedStatement(textOf(query), () => this.send(query, parameters));
    this.expect(answer);
    return answer;
  }

  /** What the session keeps of a statement may be gone, or of an earlier shape of a table: then it keeps no more. */
  private async send(query: unknown, parameters: unknown): Promise<unknown> {
    const values = Array.isArray(parameters) ? (parameters as unknown[]) : [];
    const name = this.keepsPlans && typeof query === 'string' ? keptPlans.nameOf(query, values) : null;
    if (name === null) return super.query(query as string, parameters as unknown[]);
    try {
      return await super.query({ name, text: query as string, values });
    } catch (error) {
      if (!isPlanLost(error)) throw error;
      this.keepsPlans = false;
      // Of a transaction nothing is left to go on with.
      if (this.getTransactionStatus() !== 'I') throw error;
      return super.query(query as string, values);
    }
  }

  override end(): Promise<void>;
  override end(callback: (error: Error) => void): void;
  override end(callback?: (error: Error) => void): Promise<void> | undefined {
    this.watch.remove(this);
    const ended = super.end();
    // An orderly close waits for the server, which may be silent.
    const impatience = setTimeout(() => this.connection.stream.destroy(), CLOSE_MS);
    const closed = ended.finally(() => {
      clearTimeout(impatience);
    });
    if (callback === undefined) return closed;
    void closed.then(callback as () => void);
    return undefined;
  }

  giveUp(error: Error): void {
    if (this.isGivenUp) return;
    this.isGivenUp = true;
    clearTimeout(this.timer);
    // Reaches the query under way, and through the error event the pool.
    this.connection.stream.destroy(error);
  }

  private async openWritable(): Promise<Client> {
    try {
      await super.connect();
      readInTurns(this.connection.stream, () => turns.next(this.partnerId));
      this.heard();
      this.watch.add(this);
      const { rows } = (await this.query(WRITABLE)) as QueryResult<{ readonly read_only: boolean }>;
      if (rows[0]?.read_only !== false) throw new DatabaseAwayError('The database takes no writes.', 'read_only');
      return this;
    } catch (error) {
      void this.end();
      throw error;
    }
  }

  private setBound(text: string): void {
    const [, own] = OWN_TIMEOUT.exec(text) ?? [];
    if (own !== undefined) this.statementMs = Number(own);
    else if (TRANSACTION_EDGE.test(text)) this.statementMs = this.usualMs;
  }

  private expect(answer: Promise<unknown>): void {
    this.pending += 1;
    if (this.pending === 1) this.wait(performance.now());
    answer.then(
      () => {
        this.settled(null);
      },
      (error: unknown) => {
        this.settled(sessionLoss(error));
      },
    );
  }

  private settled(loss: ReturnType<typeof sessionLoss>): void {
    this.pending -= 1;
    this.heard();
    if (this.pending > 0) this.wait(this.heardAt);
    else clearTimeout(this.timer);
    if (loss === null) return;
    this.watch.lost(this, loss);
    void this.end();
  }

  private heard(): void {
    this.heardAt = performance.now();
  }

  private wait(since: number): void {
    clearTimeout(this.timer);
    if (this.statementMs === 0) return;
    const boundMs = this.statementMs + GRACE_MS;
    this.timer = setTimeout(() => {
      // After a pause of the process, timers fire before the data that arrived meanwhile is read: read first.
      setImmediate(() => {
        if (this.pending === 0 || this.heardAt > since) return;
        this.watch.silentSince(since, new DatabaseAwayError(`The database said nothing for ${String(boundMs)} ms.`));
      });
    }, boundMs);
  }
}
