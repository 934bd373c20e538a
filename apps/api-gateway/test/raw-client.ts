import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestGateway } from './gateway';

const PATIENCE_MS = 20_000;

/** Waits until something holds, for twenty seconds at most; the test then says what does not. */
export const eventually = async (isSo: () => boolean, patienceMs = PATIENCE_MS): Promise<void> => {
  const end = performance.now() + patienceMs;
  while (!isSo() && performance.now() < end) await sleep(5);
};

/** A line of the access log. */
export interface Line {
  readonly request_id: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly code?: string;
  readonly aborted?: boolean;
  readonly partner_id?: string;
}

/** The access log so far. */
export const requestLines = ({ log }: TestGateway): Line[] =>
  log.filter((line) => line.includes('"msg":"request"')).map((line) => JSON.parse(line) as Line);

/** A bare connection to a gateway that listens. */
export class RawClient {
  /** All that it was sent. */
  said = '';
  private constructor(readonly socket: Socket) {
    socket.on('error', () => undefined);
  }

  /** `isReading` false: it takes nothing of what it is sent. */
  static async open(gateway: TestGateway, isReading = true): Promise<RawClient> {
    const port = Number(new URL(await gateway.app.getUrl()).port);
    const socket = connect(port, '127.0.0.1');
    const client = new RawClient(socket);
    if (isReading) socket.on('data', (chunk) => (client.said += chunk.toString('latin1')));
    else socket.pause();
    await new Promise((resolve) => socket.once('connect', resolve));
    return client;
  }

  /** Resolves when the bytes have left this process. */
  async send(text: string): Promise<void> {
    await new Promise((resolve) => this.socket.write(text, resolve));
  }

  /** Status codes of what was answered, in order. */
  get statuses(): number[] {
    return [...this.said.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  }

  async answered(count: number, patienceMs?: number): Promise<void> {
    await eventually(() => this.statuses.length >= count || this.socket.destroyed, patienceMs);
  }

  reset(): void {
    this.socket.resetAndDestroy();
  }
}

/** The text of a GET; without a key for null. */
export const getOf = (path: string, apiKey: string | null = null): string => {
  const authorization = apiKey === null ? [] : [`Authorization: Bearer ${apiKey}`];
  return [`GET ${path} HTTP/1.1`, 'Host: x', ...authorization, '', ''].join('\r\n');
};
