import { setTimeout as delay } from 'node:timers/promises';
import { OUTBOUND_EVENT_TYPES } from '@dialtone/contracts';
import type { ConnectionId, DidKey, PartnerId, WebhookId } from '@dialtone/domain';
import { WebhookDeliveries } from '@dialtone/engine';
import type { Stores } from '@dialtone/persistence';
import { createTestDatabase, TcpProxy, type TestDatabase } from '@dialtone/persistence/testing';
import { SystemClock } from '@dialtone/platform';
import { aDidKey, updateOf } from '@dialtone/testing';
import { HttpWebhookSender } from '@dialtone/webhooks';
import { openStoredGateway, type StoredGateway } from '../../apps/api-gateway/test/stored-gateway';
import { messagesIn } from '../../apps/api-gateway/test/sse';
import { freePort, listening } from './ports';
import { Desk } from './desk';
import { namesIn } from './page';
import { type Program, Programs } from './programs';

/** Of a machine that has yet to install the Python packages. */
const FIRST_RUN_MS = 600_000;
const LOOPBACK = ['127.0.0.0/8'];

type Issues = NonNullable<Parameters<typeof updateOf>[1]['issues']>;

let desk: Desk;
let database: TestDatabase;
let gateway: StoredGateway;
let stores: Stores;
let programs: Programs;
let partnerId: PartnerId;
let connectionId: ConnectionId;
let settings: Readonly<Record<'GATEWAY' | 'API_KEY', string>>;

beforeAll(async () => {
  database = await createTestDatabase();
  gateway = await openStoredGateway(database, {
    WEBHOOK_ALLOW_HTTP: 'true',
    WEBHOOK_PRIVATE_NETWORKS: LOOPBACK.join(),
  });
  ({ stores } = gateway);
  await gateway.app.listen(0, '127.0.0.1');
  ({ id: partnerId } = await stores.partners.create('Partner'));
  const { apiKey } = await stores.apiKeys.issue(partnerId, 'test');
  const credentials = { username: 'u', password: 'p' };
  const access = { partnerId, name: 'VoiceLink', baseUrl: 'http://127.0.0.1:1', credentials };
  ({ id: connectionId } = await stores.connections.create(access));
  settings = { GATEWAY: await gateway.app.getUrl(), API_KEY: apiKey };
  desk = await Desk.open('ROUTING_MISSING');
  programs = await Programs.copied();
}, FIRST_RUN_MS);
afterAll(async () => {
  await programs.end();
  await desk.close();
  await gateway.app.close();
  await database.drop();
});

/** A number is seen to have these issues. */
const seen = async (key: DidKey, issues: Issues): Promise<void> => {
  const update = updateOf(key, { issues, at: await stores.clock.time() });
  await stores.keyStates.apply(connectionId, [update], { makeDue: false });
  while ((await stores.sequencer.assign(100)) > 0);
};

describe('a stream, as the page has it', () => {
  const [first, second, third] = [aDidKey(), aDidKey(), aDidKey()];
  const proxies: TcpProxy[] = [];
  afterAll(() => Promise.all(proxies.map((proxy) => proxy.cut())));

  /** All that is logged is deleted, as if the retention were over. */
  const forget = async (): Promise<void> => {
    const { cursors, events } = stores;
    await cursors.advance('all', await cursors.get('all'), await events.lastPosition());
    const cursorOf = Object.fromEntries(OUTBOUND_EVENT_TYPES.map((type) => [type, 'all']));
    await events.prune({ cursorOf, olderThanMs: -60_000, limit: 1_000 });
  };
  const proxied = async (): Promise<TcpProxy> => {
    const proxy = new TcpProxy(Number(new URL(settings.GATEWAY).port));
    await proxy.mend();
    proxies.push(proxy);
    return proxy;
  };
  const start = (file: string, proxy: TcpProxy): Program =>
    programs.start(file, { ...settings, GATEWAY: proxy.through(settings.GATEWAY).replace(/\/$/, '') });

  it('has programs and commands that are all run', () => {
    expect(namesIn('A stream')).toEqual(['begin.sh', 'resume.sh', 'watch.ts', 'watch.py']);
  });

  it('begins with the numbers as they are, goes on where it was cut, and begins again when that is too old', async () => {
    await seen(first, ['NO_BOT']);
    await seen(second, ['NO_BOT']);
    const watching = await Promise.all(
      ['watch.ts', 'watch.py'].map(async (file) => {
        const proxy = await proxied();
        return { proxy, program: start(file, proxy) };
      }),
    );
    const all = (step: (one: (typeof watching)[number]) => Promise<void>): Promise<unknown> =>
      Promise.all(watching.map(step));
    const until = (lines: readonly string[]): Promise<unknown> =>
      all(({ program }) => program.until(() => program.lines.length >= lines.length)).then(() => {
        for (const { program } of watching) expect(program.lines).toEqual(lines);
      });
    const told = ['listed 2'];
    await until(told);

    const began = messagesIn(await programs.printed('begin.sh', settings));
    expect(began.map(({ event }) => event)).toEqual(['snapshot', 'snapshot', 'bookmark']);
    const lastId = began.at(-1)?.id ?? '';

    await seen(first, []);
    told.push(`+${first} is READY`);
    await until(told);

    await all(({ proxy }) => proxy.cut());
    await seen(second, ['ROUTING_MISSING']);
    await all(({ proxy }) => proxy.mend());
    told.push(`+${second} is ROUTING_MISSING`);
    await until(told);

    const resumed = messagesIn(await programs.printed('resume.sh', { ...settings, LAST_ID: lastId }));
    const events = resumed.map(({ event }) => event).filter((event) => event !== 'bookmark');
    expect(events).toEqual(['dialtone.readiness.changed.v1', 'dialtone.readiness.changed.v1']);

    await all(({ proxy }) => proxy.cut());
    await seen(third, ['NO_BOT']);
    await forget();
    await all(({ proxy }) => proxy.mend());
    told.push('expired', 'listed 3');
    await until(told);
    await seen(third, []);
    told.push(`+${third} is READY`);
    await until(told);

    const refused = await programs.printed('resume.sh', { ...settings, LAST_ID: lastId });
    expect(JSON.parse(refused)).toMatchObject({ success: false, error: { code: 'CURSOR_EXPIRED' } });
  });
});

describe('webhooks, as the page has them', () => {
  interface Made {
    readonly data: { readonly id: WebhookId; readonly secret: string };
  }
  const PRINTED_URL = 'https://hooks.example.com/dialtone';
  const answered = async (name: string, more: Readonly<Record<string, string>>, instead = {}): Promise<Made['data']> =>
    (JSON.parse(await programs.printed(name, { ...settings, ...more }, instead)) as Made).data;

  const stopping = new AbortController();
  const errors: unknown[] = [];
  let delivering: Promise<void>;
  beforeAll(() => {
    const { webhookQueue: queue, eventWatch: watch, leases } = stores;
    delivering = new WebhookDeliveries({
      ...{ queue, watch, leases, owner: 'test', leaseTtlMs: 30_000, concurrency: 4, pollMs: 50 },
      sender: new HttpWebhookSender({ privateNetworks: LOOPBACK, timeoutMs: 15_000, now: Date.now }),
      clock: new SystemClock(),
      patience: { giveUpAfterMs: 86_400_000, disableAfterMs: 432_000_000 },
      observer: { attempted: () => undefined, missed: () => undefined, unreadable: () => undefined },
      onError: (error) => errors.push(error),
    }).run(stopping.signal);
  });
  afterAll(async () => {
    stopping.abort();
    await delivering;
  });

  /** Sends the events since then once more; resolves when the last of them has come again. */
  const replayed = async (id: WebhookId, since: number): Promise<void> => {
    const answer = await fetch(`${settings.GATEWAY}/api/v2/webhooks/${id}/replay`, {
      method: 'POST',
      headers: { authorization: `Bearer ${settings.API_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ since: new Date(since).toISOString() }),
    });
    expect(answer.status).toBe(200);
    const ended = async (): Promise<number> => {
      const { items } = await stores.webhooks.deliveries({ partnerId, id }, { limit: 100 });
      return items.filter(
        ({ eventType, outcome }) => eventType === 'dialtone.drift.resolved.v1' && outcome === 'delivered',
      ).length;
    };
    for (let tries = 0; (await ended()) < 2 && tries < 500; tries += 1) await delay(50);
    expect(await ended()).toBe(2);
  };

  it('has programs and commands that are all run', () => {
    expect(namesIn('Webhooks')).toEqual(['subscribe.sh', 'receive.ts', 'receive.py', 'rotate.sh']);
  });

  it.each(['receive.ts', 'receive.py'])(
    'come to a receiver that does the work once in order and asks again while it cannot, also in a rotation: %s',
    async (file) => {
      const key = aDidKey();
      const port = await freePort();
      const instead = { [PRINTED_URL]: `http://127.0.0.1:${String(port)}/dialtone`, 'desk-1': `${file}-1` };
      const { id, secret } = await answered('subscribe.sh', {}, instead);
      const receiver = programs.start(file, {
        ...{ PORT: String(port), WEBHOOK_SECRET: secret, DESK_URL: desk.urlOf(file) },
      });
      await listening(port);
      const since = await stores.clock.time();
      await seen(key, ['NO_BOT']);
      await receiver.until(() => desk.heard(file).length >= 1);
      const rotated = await answered('rotate.sh', { WEBHOOK_ID: id }, { 'desk-2': `${file}-2` });
      expect(rotated.secret).not.toBe(secret);
      await seen(key, ['NO_BOT', 'ROUTING_MISSING']);
      await seen(key, []);
      await receiver.until(() => desk.heard(file).length >= 4);

      const changed = `+${key} has NO_BOT, ROUTING_MISSING`;
      const told = [`+${key} has NO_BOT`, `refused: ${changed}`, changed, `+${key} has no drift`];
      expect(desk.heard(file)).toEqual(told);
      await replayed(id, since);
      expect([desk.heard(file), errors]).toEqual([told, []]);
      await receiver.stop();
    },
  );
});
