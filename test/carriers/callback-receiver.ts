import { LoopbackServer, type ReceivedRequest } from '@dialtone/testing';

/** The public server of a customer: takes down what carriers send, and answers what it is told to. */
export class CallbackReceiver {
  /** By path without its query; everything else is answered 200 without a body. */
  readonly documents = new Map<string, { readonly status?: number; readonly type: string; readonly text: string }>();

  private constructor(private readonly server: LoopbackServer) {
    server.answer = ({ path }) => {
      const { status = 200, type = 'text/plain', text = '' } = this.documents.get(path.split('?')[0] ?? '') ?? {};
      return { status, headers: { 'content-type': type }, text };
    };
  }

  static async start(): Promise<CallbackReceiver> {
    return new CallbackReceiver(await LoopbackServer.start());
  }

  get received(): readonly ReceivedRequest[] {
    return this.server.received;
  }

  get url(): string {
    return this.server.url;
  }

  clear(): void {
    this.server.received.length = 0;
    this.documents.clear();
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}

/** A form or JSON body as an object of texts. */
export const fieldsOf = ({
  body,
  headers,
}: Pick<ReceivedRequest, 'body' | 'headers'>): Readonly<Record<string, string>> => {
  if (headers['content-type']?.startsWith('application/json') === true)
    return JSON.parse(body) as Readonly<Record<string, string>>;
  return Object.fromEntries(new URLSearchParams(body));
};
