import { EVENT_EXAMPLES, toCloudEvent } from '@dialtone/contracts';
import { LoopbackServer } from '@dialtone/testing';
import { HttpWebhookSender, newWebhookSecret } from '@dialtone/webhooks';
import { Desk } from './desk';
import { freePort, listening } from './ports';
import { Programs } from './programs';

/** Of a machine that has yet to install the Python packages. */
const FIRST_RUN_MS = 600_000;
const DRIFT = 'dialtone.drift.detected.v1';
const DATA = EVENT_EXAMPLES[DRIFT];
const EVENT = toCloudEvent({
  ...{ event_id: '0196f3a0-6f5e-7c3a-9d52-3f1c8e2b7a10', type: DRIFT, connection_id: DATA.connection_id },
  ...{ key: DATA.key, seq: DATA.seq, data: DATA },
});
const BODY = JSON.stringify(EVENT);
const MINUTE_MS = 60_000;

interface Message {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
type Change = (message: Message) => Message;

/** Takes messages as they come from Dialtone. */
class Wire {
  private constructor(private readonly server: LoopbackServer) {}

  static async open(): Promise<Wire> {
    return new Wire(await LoopbackServer.start());
  }

  close(): Promise<void> {
    return this.server.stop();
  }

  /** The message that is sent so long after now. */
  async sent(secrets: readonly string[], inMs = 0): Promise<Message> {
    const now = (): number => Date.now() + inMs;
    const sender = new HttpWebhookSender({ privateNetworks: ['127.0.0.0/8'], timeoutMs: 15_000, now });
    await sender.send({ url: `${this.server.url}/`, secrets }, { id: EVENT.id, body: BODY });
    const { headers = {}, body = '' } = this.server.received.at(-1) ?? {};
    const ofMessage = Object.entries(headers).filter(([name]) => /^webhook-|^content-type$/.test(name));
    return { headers: Object.fromEntries(ofMessage.map(([name, value]) => [name, String(value)])), body };
  }
}

const withHeader =
  (name: string, change: (value: string) => string): Change =>
  ({ headers, body }) => ({ headers: { ...headers, [name]: change(headers[name] ?? '') }, body });
const withBody =
  (change: (body: string) => string): Change =>
  ({ headers, body }) => ({ headers, body: change(body) });
const without =
  (name: string): Change =>
  ({ headers, body }) => ({
    headers: Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name)),
    body,
  });

const known = newWebhookSecret();
const [older, newer] = [newWebhookSecret(), newWebhookSecret()];

const SENT = [
  { name: 'with the secret that the receiver has', secrets: [known], status: 204 },
  { name: 'in a rotation, when the receiver still has the older secret', secrets: [newer, known], status: 204 },
  { name: 'in a rotation, when the receiver already has the newer secret', secrets: [known, older], status: 204 },
  { name: 'after the overlap, when the receiver still has the older secret', secrets: [newer], status: 400 },
  { name: 'four minutes ago', secrets: [known], inMs: -4 * MINUTE_MS, status: 204 },
  { name: 'six minutes ago', secrets: [known], inMs: -6 * MINUTE_MS, status: 400 },
  { name: 'six minutes from now', secrets: [known], inMs: 6 * MINUTE_MS, status: 400 },
];

const CHANGED: readonly { readonly name: string; readonly change: Change }[] = [
  { name: 'another value in its body', change: withBody((body) => body.replace(DATA.key, '918000000009')) },
  { name: 'a blank behind its body', change: withBody((body) => `${body} `) },
  { name: 'the same JSON in other words', change: withBody((body) => JSON.stringify(JSON.parse(body), null, 1)) },
  { name: 'no body', change: withBody(() => '') },
  { name: 'another id', change: withHeader('webhook-id', (id) => id.replace('0196', '0197')) },
  { name: 'another time', change: withHeader('webhook-timestamp', (at) => String(Number(at) + 1)) },
  { name: 'a time that is none', change: withHeader('webhook-timestamp', () => 'now') },
  { name: 'another signature', change: withHeader('webhook-signature', () => `v1,${'A'.repeat(43)}=`) },
  {
    name: 'a signature of another version',
    change: withHeader('webhook-signature', (text) => text.replace('v1', 'v2')),
  },
  { name: 'no version of its signature', change: withHeader('webhook-signature', (text) => text.replace('v1,', '')) },
  ...['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => ({
    name: `no ${name}`,
    change: without(name),
  })),
];

describe.each([
  { language: 'js', file: 'receive.ts' },
  { language: 'python', file: 'receive.py' },
])('a receiver of webhooks, as the page has it, with the public library: $language', ({ file }) => {
  let desk: Desk;
  let wire: Wire;
  let programs: Programs;
  let port: number;
  beforeAll(async () => {
    [programs, port] = await Promise.all([Programs.copied(), freePort()]);
    [desk, wire] = await Promise.all([Desk.open('nothing'), Wire.open()]);
    programs.start(file, { PORT: String(port), WEBHOOK_SECRET: known, DESK_URL: desk.urlOf('any') });
    await listening(port);
  }, FIRST_RUN_MS);
  afterAll(async () => {
    await programs.end();
    await Promise.all([wire.close(), desk.close()]);
  });

  const statusOf = async ({ headers, body }: Message): Promise<number> => {
    const answer = await fetch(`http://127.0.0.1:${String(port)}/`, { method: 'POST', headers, body });
    return answer.status;
  };

  it.each(SENT)('answers $status to what is signed $name', async ({ secrets, inMs, status }) => {
    expect(await statusOf(await wire.sent(secrets, inMs))).toBe(status);
  });

  it.each(CHANGED)('refuses a message with $name', async ({ change }) => {
    expect(await statusOf(change(await wire.sent([known])))).toBe(400);
  });

  it('takes what is signed, once, and nothing else', () => {
    expect(desk.heard('any')).toEqual([`${DATA.phone_number} has ${DATA.issues.join(', ')}`]);
  });
});
