import { DatabaseAwayError } from './database-errors';

/** Why a connection was closed or could not be opened. */
export type GivenUp = 'silent' | 'read_only' | 'unreachable';

/** What the other connections of the pool need to know of one. */
export interface WatchedConnection {
  /** When the server last sent something on it, by the process's monotonic clock. */
  readonly heardAt: number;
  giveUp(error: Error): void;
}

/** A refusal costs little, so the next attempt may come at once. Silence costs its caller seconds, so a pause follows. */
const QUICK_MS = 250;
const PAUSE_MS = 1_000;

/**
 * What the connections of one pool learn about their server together.
 *
 * When one runs into its deadline, all others that have heard nothing since are closed too: each would cost a caller the
 * whole deadline again. From then on, or after an attempt to connect that got no writable session, one connection at a time
 * tries the server, and every other attempt is refused at once, until one succeeds. So an outage costs each caller at most
 * one deadline, and a server that comes back is not stormed.
 */
export class ServerWatch {
  private readonly connections = new Set<WatchedConnection>();
  private isSuspect = false;
  /** While the server is suspect: when the next attempt may start; infinity while one is running. */
  private nextTrialAt = 0;

  /** `now` is monotonic, in milliseconds. */
  constructor(
    private readonly onGivenUp: (reason: GivenUp) => void = () => undefined,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Runs `connect`; throws DatabaseAwayError at once while the server is suspect and it is another attempt's turn. */
  async open<T>(connect: () => Promise<T>): Promise<T> {
    if (this.isSuspect) {
      if (this.now() < this.nextTrialAt) throw new DatabaseAwayError('The database is away; one connection tries it.');
      this.nextTrialAt = Infinity;
    }
    const began = this.now();
    try {
      const opened = await connect();
      this.isSuspect = false;
      return opened;
    } catch (error) {
      this.isSuspect = true;
      const failedAt = this.now();
      this.nextTrialAt = failedAt - began <= QUICK_MS ? failedAt : failedAt + PAUSE_MS;
      this.onGivenUp(error instanceof DatabaseAwayError ? error.reason : 'unreachable');
      throw error;
    }
  }

  add(connection: WatchedConnection): void {
    this.connections.add(connection);
  }

  remove(connection: WatchedConnection): void {
    this.connections.delete(connection);
  }

  /** The server has not answered since `askedAt`: gives up every connection that has heard nothing since. */
  silentSince(askedAt: number, error: DatabaseAwayError): void {
    this.suspect();
    for (const connection of [...this.connections]) {
      if (connection.heardAt > askedAt) continue;
      this.remove(connection);
      this.onGivenUp('silent');
      connection.giveUp(error);
    }
  }

  /** The server ended an open session, or it turned out to be read-only. */
  lost(connection: WatchedConnection, reason: GivenUp): void {
    if (this.connections.delete(connection)) this.onGivenUp(reason);
  }

  private suspect(): void {
    if (!this.isSuspect) this.nextTrialAt = this.now();
    this.isSuspect = true;
  }
}
