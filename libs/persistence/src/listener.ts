import { Client } from 'pg';
import { WAKE_CHANNEL } from './db';

export interface Listener {
  /** Stops listening; resolves when the connection is closed. Idempotent. */
  close(): Promise<void>;
}

export interface ListenerOptions {
  /** Told of each lost or refused connection; the listener goes on trying by itself. */
  readonly onError?: (error: Error) => void;
  /** First pause before reconnecting; doubles up to 5 s. Default 100 ms. */
  readonly reconnectMs?: number;
}

const MAX_RECONNECT_MS = 5_000;

/**
 * Calls `onWake` when any process made work due or logged an event, and after every (re)connect, since wake-ups are lost
 * while there is no connection. One connection outside the pool; not through a transaction-pooling proxy. Wake-ups only
 * shorten the wait: callers poll as well.
 */
export const createListener = (url: string, onWake: () => void, options: ListenerOptions = {}): Listener => {
  const firstPause = options.reconnectMs ?? 100;
  const report = (error: unknown): void => {
    options.onError?.(error instanceof Error ? error : new Error(String(error)));
  };
  let closed = false;
  let client: Client | null = null;
  let timer: NodeJS.Timeout | undefined;
  let pause = firstPause;

  const retryLater = (lost: Client): void => {
    if (closed || client !== lost) return;
    client = null;
    void lost.end().catch(() => undefined);
    timer = setTimeout(() => void connect(), pause);
    pause = Math.min(pause * 2, MAX_RECONNECT_MS);
  };

  const connect = async (): Promise<void> => {
    const next = new Client({ connectionString: url, application_name: 'dialtone-listener', keepAlive: true });
    client = next;
    next.on('error', (error) => {
      report(error);
      retryLater(next);
    });
    next.on('end', () => {
      retryLater(next);
    });
    next.on('notification', onWake);
    try {
      await next.connect();
      await next.query(`listen ${WAKE_CHANNEL}`);
      pause = firstPause;
      if (client === next) onWake();
    } catch (error) {
      report(error);
      retryLater(next);
    }
  };

  void connect();
  return {
    close: async () => {
      closed = true;
      clearTimeout(timer);
      const last = client;
      client = null;
      await last?.end().catch(() => undefined);
    },
  };
};
