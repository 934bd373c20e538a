import { Carriers, type CarrierName } from '@dialtone/carriers';
import { LoopbackServer, type LoopbackAnswer, type ReceivedRequest } from '@dialtone/testing';

/** What each carrier answers to a call that it takes, and the id in it. */
export const TAKEN: Readonly<Record<CarrierName, { readonly told: LoopbackAnswer; readonly id: string }>> = {
  twilio: { told: { status: 201, json: { sid: 'CA1', status: 'queued' } }, id: 'CA1' },
  plivo: { told: { status: 201, json: { message: 'call fired', request_uuid: 'u-1', api_id: 'a' } }, id: 'u-1' },
  vobiz: { told: { status: 200, json: { message: 'Call fired', request_uuid: 'u-2' } }, id: 'u-2' },
  exotel: { told: { json: { Call: { Sid: 'e-1', Status: 'in-progress' } } }, id: 'e-1' },
  tata_smartflo: { told: { json: { success: true, ref_id: 'r-1' } }, id: 'r-1' },
  mcube: { told: { json: { status: 'succ', callid: 77 } }, id: '77' },
  sip: { told: { status: 201, json: { sid: 's-1' } }, id: 's-1' },
};

/** A server on loopback that stands for a carrier: it answers one way to whatever is asked, logins aside. */
export class FakeCarrier {
  /** Requests, logins aside. */
  readonly got: ReceivedRequest[] = [];
  told: LoopbackAnswer = 500;
  /** Awaited before an answer, for what happens meanwhile. */
  meanwhile: (got: ReceivedRequest) => Promise<unknown> = () => Promise.resolve();

  private constructor(private readonly server: LoopbackServer) {
    server.answer = async (request) => {
      if (request.path === '/v1/auth/login') return { json: { success: true, access_token: 't', expires_in: 3600 } };
      this.got.push(request);
      await this.meanwhile(request);
      return this.told;
    };
  }

  static async open(): Promise<FakeCarrier> {
    return new FakeCarrier(await LoopbackServer.start());
  }

  clear(): void {
    this.got.length = 0;
    this.told = 500;
    this.meanwhile = () => Promise.resolve();
  }

  close(): Promise<void> {
    return this.server.stop();
  }

  get url(): string {
    return this.server.url;
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
