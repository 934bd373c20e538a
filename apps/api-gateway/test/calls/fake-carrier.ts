import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Carriers, type CarrierName } from '@dialtone/carriers';

/** `hang`: no answer ever; `cut`: the connection is closed without one. Text is sent as it is, everything else as JSON. */
export type Told =
  | 'hang'
  | 'cut'
  | { readonly status?: number; readonly json?: unknown; readonly text?: string; readonly headers?: object };

/** What each carrier answers to a call that it takes, and the id in it. */
export const TAKEN: Readonly<Record<CarrierName, { readonly told: Told; readonly id: string }>> = {
  twilio: { told: { status: 201, json: { sid: 'CA1', status: 'queued' } }, id: 'CA1' },
  plivo: { told: { status: 201, json: { message: 'call fired', request_uuid: 'u-1', api_id: 'a' } }, id: 'u-1' },
  vobiz: { told: { status: 200, json: { message: 'Call fired', request_uuid: 'u-2' } }, id: 'u-2' },
  exotel: { told: { json: { Call: { Sid: 'e-1', Status: 'in-progress' } } }, id: 'e-1' },
  tata_smartflo: { told: { json: { success: true, ref_id: 'r-1' } }, id: 'r-1' },
  mcube: { told: { json: { status: 'succ', callid: 77 } }, id: '77' },
  sip: { told: { status: 201, json: { sid: 's-1' } }, id: 's-1' },
};

interface Got {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** A server on loopback that stands for a carrier: it answers one way to whatever is asked, logins aside. */
export class FakeCarrier {
  /** Requests, logins aside. */
  readonly got: Got[] = [];
  told: Told = { status: 500 };
  /** Awaited before an answer, for what happens meanwhile. */
  meanwhile: (got: Got) => Promise<unknown> = () => Promise.resolve();
  private server: Server | null = null;

  async open(): Promise<void> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method = '', url: path = '' } = request;
        if (path === '/v1/auth/login')
          return void response.end('{"success":true,"access_token":"t","expires_in":3600}');
        const got = { method, path, body: Buffer.concat(chunks).toString() };
        this.got.push(got);
        return void this.meanwhile(got).then(() => {
          const { told } = this;
          if (told === 'hang') return;
          if (told === 'cut') return void request.socket.destroy();
          response.writeHead(told.status ?? 200, { ...told.headers });
          response.end(told.text ?? (told.json === undefined ? '' : JSON.stringify(told.json)));
        });
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.server = server;
  }

  clear(): void {
    this.got.length = 0;
    this.told = { status: 500 };
    this.meanwhile = () => Promise.resolve();
  }

  async close(): Promise<void> {
    const { server } = this;
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.server?.address() as AddressInfo).port)}`;
  }

  /** The real adapters, sent here or to `url` instead of to their carriers. */
  carriers(timeoutMs: number, url = this.url): Carriers {
    const names = ['twilio', 'plivo', 'vobiz', 'exotel', 'tata_smartflo', 'mcube'];
    return new Carriers({
      baseUrls: Object.fromEntries(names.map((name) => [name, url])),
      privateNetworks: ['127.0.0.0/8'],
      timeoutMs,
      sipGateway: { kind: 'jambonz', url, account: 'a', key: 'k', leadingPlus: true },
      resolve: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]),
    });
  }
}
