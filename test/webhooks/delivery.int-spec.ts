import { setTimeout as delay } from 'node:timers/promises';
import { WebhookDeliveries } from '@dialtone/engine';
import { usePostgres } from '@dialtone/persistence/testing';
import { SystemClock } from '@dialtone/platform';
import { aDidKey, LoopbackServer, OBSERVED_AT, updateOf } from '@dialtone/testing';
import { HttpWebhookSender, newWebhookSecret } from '@dialtone/webhooks';
import { Webhook } from 'standardwebhooks';

describe('events on their way to a receiver', () => {
  const postgres = usePostgres();
  let server: LoopbackServer;
  let refuse: number;

  beforeAll(async () => {
    server = await LoopbackServer.start(() => {
      refuse -= 1;
      return refuse >= 0 ? 500 : 204;
    });
  });
  beforeEach(() => {
    server.received.length = refuse = 0;
  });
  afterAll(() => server.stop());

  const until = async (isTrue: () => boolean): Promise<void> => {
    for (let tries = 0; !isTrue() && tries < 1_500; tries += 1) await delay(20);
    expect(isTrue()).toBe(true);
  };

  /** One reconciler's deliveries; ends them. */
  const start = (owner: string): (() => Promise<void>) => {
    const { webhookQueue: queue, eventWatch: watch, leases } = postgres.stores;
    const errors: unknown[] = [];
    const deliveries = new WebhookDeliveries({
      ...{ queue, watch, leases, owner, leaseTtlMs: 30_000, concurrency: 4, pollMs: 50 },
      sender: new HttpWebhookSender({ privateNetworks: ['127.0.0.0/8'], timeoutMs: 15_000, now: Date.now }),
      clock: new SystemClock(),
      patience: { giveUpAfterMs: 86_400_000, disableAfterMs: 432_000_000 },
      observer: { attempted: () => undefined, missed: () => undefined, unreadable: () => undefined },
      onError: (error) => errors.push(error),
    });
    const stopping = new AbortController();
    const running = deliveries.run(stopping.signal);
    return async () => {
      stopping.abort();
      await running;
      expect(errors).toEqual([]);
    };
  };

  it('come signed and in order, also when some are refused, and the process is another one meanwhile', async () => {
    const { stores, given } = postgres;
    const { id: connectionId, partnerId } = await given.connection();
    const secret = newWebhookSecret();
    const url = `${server.url}/hook`;
    const choice = { description: null, filter: { types: ['dialtone.readiness.changed.v1'] } };
    const { id } = await stores.webhooks.create({ partnerId, url, secret, ...choice });
    const saw = async (count: number): Promise<void> => {
      const updates = Array.from({ length: count }, () => updateOf(aDidKey(), { at: OBSERVED_AT }));
      await stores.keyStates.apply(connectionId, updates, { makeDue: false });
      await stores.sequencer.assign(100);
    };

    let stop = start('first');
    await saw(3);
    await until(() => server.received.length >= 3);
    refuse = 1;
    await saw(2);
    await until(() => server.received.length >= 4);
    await stop();
    stop = start('second');
    await until(() => server.received.length >= 6);
    await delay(100);
    await stop();

    const verifier = new Webhook(secret);
    const told = server.received.map(({ headers, body }) => {
      const event = verifier.verify(body, headers as Record<string, string>) as { id: string };
      expect(event.id).toBe(headers['webhook-id']);
      return event.id;
    });
    const logged = (await stores.eventWatch.read({ partnerId, after: 0n, limit: 100 })).events
      .filter(({ type }) => type === 'dialtone.readiness.changed.v1')
      .map(({ event_id }) => event_id);
    expect(logged).toHaveLength(5);
    expect(told).toEqual([...logged.slice(0, 4), logged[3], logged[4]]);
    const { items } = await stores.webhooks.deliveries({ partnerId, id }, { limit: 100 });
    expect(items.map(({ outcome, attempt }) => `${outcome} ${String(attempt)}`).reverse()).toEqual([
      ...['delivered 1', 'delivered 1', 'delivered 1', 'failed 1', 'delivered 2', 'delivered 1'],
    ]);
    const timestamps = server.received.map(({ headers }) => Number(headers['webhook-timestamp']));
    expect((timestamps[4] ?? 0) - (timestamps[3] ?? 0)).toBeGreaterThanOrEqual(2);
  });
});
