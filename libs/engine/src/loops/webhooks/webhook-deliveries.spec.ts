import { EVENT_EXAMPLES, type AnyLoggedEvent, type OutboundEventType } from '@dialtone/contracts';
import type { PartnerId } from '@dialtone/domain';
import { InMemoryEventLog, InMemoryEventWatch, InMemoryWebhookQueue, InMemoryWorld } from '@dialtone/testing';
import type { WebhookAnswer, WebhookSender, WebhookTarget } from '../../ports';
import { WebhookDeliveries } from './webhook-deliveries';

const OWN = EVENT_EXAMPLES['dialtone.warning.raised.v1'].partner_id as PartnerId;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const PATIENCE = { giveUpAfterMs: 24 * HOUR, disableAfterMs: 120 * HOUR };

const status = (code: number, retryAfterMs: number | null = null): WebhookAnswer => ({
  kind: 'answer',
  status: code,
  retryAfterMs,
  response: null,
  latencyMs: 5,
});
const OK = status(204);
const SILENT: WebhookAnswer = { kind: 'no_answer', reason: 'time-out', latencyMs: 15_000 };

interface Sent {
  readonly at: number;
  readonly url: string;
  readonly id: string;
}

/** Receivers that answer as the test says, by URL. */
const world = (concurrency = 8) => {
  const { clock, leases } = new InMemoryWorld();
  const log = new InMemoryEventLog();
  const queue = new InMemoryWebhookQueue({ clock, log, leases });
  const sent: Sent[] = [];
  const answers = new Map<string, (message: Sent) => WebhookAnswer>();
  const sender: WebhookSender = {
    send: async ({ url }, { id, body }) => {
      const message = { at: clock.now(), url, id };
      sent.push(message);
      expect(JSON.parse(body)).toMatchObject({ specversion: '1.0', id });
      const answer = answers.get(url)?.(message) ?? OK;
      await clock.sleep(answer.latencyMs);
      return answer;
    },
  };
  const errors: unknown[] = [];
  let wake = (): void => undefined;
  const start = (patience = PATIENCE) => {
    const observer = { attempted: () => undefined, missed: () => undefined, unreadable: () => undefined };
    const watch = new InMemoryEventWatch(log, () => null);
    const deliveries = new WebhookDeliveries({
      ...{ queue, watch, leases, sender, clock, patience, observer, concurrency },
      owner: 'a',
      leaseTtlMs: 30_000,
      pollMs: 30 * MINUTE,
      onError: (error) => errors.push(error),
    });
    wake = () => {
      deliveries.wake();
    };
    const stopping = new AbortController();
    const running = deliveries.run(stopping.signal);
    return async (): Promise<void> => {
      stopping.abort();
      await clock.advance(20_000);
      await running;
    };
  };
  let nth = 0;
  const log1 = (type: OutboundEventType = 'dialtone.warning.raised.v1', partner_id: string = OWN): string => {
    const data = { ...EVENT_EXAMPLES[type], partner_id };
    const connection_id = 'connection_id' in data ? data.connection_id : null;
    nth += 1;
    const event_id = `event ${String(nth)}`;
    log.append({ event_id, type, connection_id, key: null, seq: null, data } as AnyLoggedEvent);
    wake();
    return event_id;
  };
  const webhook = (url: string, given: object = {}) => {
    const target: WebhookTarget = { url, secrets: ['whsec_MQ=='] };
    return queue.add({ partnerId: OWN, target, ...given });
  };
  const idsAt = (url: string): readonly string[] => sent.filter((one) => one.url === url).map(({ id }) => id);
  return { clock, log, queue, sent, answers, start, log1, webhook, idsAt, errors };
};

describe('deliveries to webhooks', () => {
  it('come in the order of the log, one at a time, and only those of the partner and the filter', async () => {
    const { clock, start, log1, webhook, idsAt, sent } = world();
    const { position } = webhook('all');
    webhook('holds', { filter: { types: ['dialtone.writes.held.v1'] } });
    expect(position).toBe(0n);
    const stop = start();
    const first = log1();
    log1('dialtone.warning.raised.v1', '10000000-0000-4000-8000-00000000000f');
    const held = log1('dialtone.writes.held.v1');
    const last = log1();
    await clock.advance(MINUTE);
    expect(idsAt('all')).toEqual([first, held, last]);
    expect(idsAt('holds')).toEqual([held]);
    const times = sent.filter(({ url }) => url === 'all').map(({ at }) => at);
    expect(times.every((at, index) => index === 0 || at - (times[index - 1] ?? 0) >= 5)).toBe(true);
    await stop();
  });

  it('are repeated with growing pauses, from seconds to two hours, before the next event', async () => {
    const { clock, answers, start, log1, webhook, sent, idsAt } = world();
    webhook('a');
    answers.set('a', ({ at }) => (at > begin + 12 * HOUR ? OK : status(500)));
    const begin = clock.now();
    const [first, second] = [log1(), log1()];
    const stop = start();
    await clock.advance(20 * HOUR);
    expect(new Set(idsAt('a').slice(0, -1))).toEqual(new Set([first]));
    expect(idsAt('a').at(-1)).toBe(second);
    const pauses = sent.slice(1, -1).map(({ at }, index) => at - (sent[index]?.at ?? 0));
    expect(pauses[0]).toBeLessThan(8_000);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(2 * HOUR + 3_000);
    expect(pauses.length).toBeLessThan(25);
    await stop();
  });

  it.each([
    { asked: MINUTE, atLeast: MINUTE, atMost: MINUTE + 3_000 },
    { asked: 100 * HOUR, atLeast: 2 * HOUR, atMost: 2 * HOUR + 3_000 },
  ])('wait as long as the receiver asks, two hours at most: $asked ms', async ({ asked, atLeast, atMost }) => {
    const { clock, answers, start, log1, webhook, sent } = world();
    webhook('a');
    answers.set('a', () => (sent.length === 1 ? status(503, asked) : OK));
    log1();
    const stop = start();
    await clock.advance(3 * HOUR);
    const pause = (sent[1]?.at ?? 0) - (sent[0]?.at ?? 0);
    expect(pause).toBeGreaterThanOrEqual(atLeast);
    expect(pause).toBeLessThanOrEqual(atMost);
    await stop();
  });

  it('give one event up after a day of refusals, so that it does not block the others for ever', async () => {
    const { clock, answers, start, log1, webhook, queue, idsAt } = world();
    webhook('a');
    const [poison, next] = [log1(), log1()];
    answers.set('a', ({ id }) => (id === poison ? status(400) : OK));
    const stop = start();
    await clock.advance(23 * HOUR);
    expect(new Set(idsAt('a'))).toEqual(new Set([poison]));
    await clock.advance(4 * HOUR);
    expect(idsAt('a').at(-1)).toBe(next);
    expect(queue.attempts.map(({ outcome }) => outcome).slice(-2)).toEqual(['given_up', 'delivered']);
    await stop();
  });

  it.each([
    { name: 'at once by 410', answer: status(410), after: MINUTE, reason: 'gone' },
    { name: 'after days without a success', answer: SILENT, after: 126 * HOUR, reason: 'failing' },
  ])('end $name, with an event', async ({ answer, after, reason }) => {
    const { clock, answers, start, log1, webhook, log, queue, sent } = world();
    const { id } = webhook('a');
    webhook('b', { filter: { types: ['dialtone.webhook.disabled.v1'] } });
    answers.set('a', () => answer);
    for (let nth = 0; nth < 9; nth += 1) log1();
    const stop = start();
    await clock.advance(after);
    expect(queue.records.get(id)).toMatchObject({ state: 'disabled', reason });
    const told = log.events.filter(({ type }) => type === 'dialtone.webhook.disabled.v1');
    expect(told.map(({ data }) => data)).toMatchObject([{ webhook_id: id, reason }]);
    const count = sent.length;
    expect(sent.at(-1)?.url).toBe('b');
    await clock.advance(24 * HOUR);
    expect(sent).toHaveLength(count);
    await stop();
  });

  it('do not end a webhook by the first failure after a long silence', async () => {
    const { clock, answers, start, log1, webhook, queue, sent } = world();
    const { id } = webhook('a');
    answers.set('a', ({ at }) => (at < back ? status(500) : OK));
    const back = clock.now() + 240 * HOUR + 10 * MINUTE;
    log1();
    const stop = start();
    await clock.advance(240 * HOUR);
    log1();
    await clock.advance(HOUR);
    expect(queue.records.get(id)).toMatchObject({ state: 'active', failingSince: null });
    expect(sent.length).toBeGreaterThan(20);
    await stop();
  });

  it('are not delayed by others that are silent or slow, however many', async () => {
    const { clock, answers, start, log1, webhook, sent } = world(8);
    for (let nth = 0; nth < 40; nth += 1) {
      webhook(`silent ${String(nth)}`, { slow: true });
      answers.set(`silent ${String(nth)}`, () => SILENT);
    }
    webhook('prompt');
    const stop = start();
    for (let nth = 0; nth < 30; nth += 1) {
      const [at, id] = [clock.now(), log1()];
      await clock.advance(5_000);
      const delivered = sent.find((one) => one.url === 'prompt' && one.id === id);
      expect((delivered?.at ?? Infinity) - at).toBeLessThan(2_500);
    }
    await stop();
  });

  it('keep their order and their pauses over a restart', async () => {
    const { clock, answers, start, log1, webhook, sent, idsAt } = world();
    webhook('a');
    const [first, second] = [log1(), log1()];
    answers.set('a', () => (sent.length < 6 ? status(500) : OK));
    let stop = start();
    await clock.advance(MINUTE);
    await stop();
    const [before, last] = [sent.length, sent.at(-1)?.at ?? 0];
    stop = start();
    await clock.advance(1);
    expect(sent).toHaveLength(before);
    await clock.advance(HOUR);
    expect((sent[before]?.at ?? 0) - last).toBeGreaterThan(20_000);
    expect(idsAt('a')).toEqual([first, first, first, first, first, first, second]);
    await stop();
  });

  it('tell of events that were deleted before they were delivered, whatever the filter, and go on', async () => {
    const { clock, start, log1, webhook, log, idsAt, queue } = world();
    const { id } = webhook('a', { filter: { types: ['dialtone.warning.raised.v1'] }, state: 'disabled' });
    log1();
    log1();
    const kept = log1();
    log.pruneOldest(2);
    Object.assign(queue.records.get(id) ?? {}, { state: 'active' });
    const stop = start();
    await clock.advance(MINUTE);
    expect(log.events.filter(({ type }) => type === 'dialtone.webhook.missed.v1')).toHaveLength(1);
    const missed = queue.attempts.find(({ eventType }) => eventType === 'dialtone.webhook.missed.v1');
    expect(idsAt('a')).toEqual([missed?.eventId, kept]);
    await stop();
  });

  it('tell of it once, before all that is kept and under one id, when the receiver is away at first', async () => {
    const { clock, start, log1, webhook, log, idsAt, answers, queue } = world();
    const { id } = webhook('a', { state: 'disabled' });
    log1();
    const kept = log1();
    log.pruneOldest(1);
    Object.assign(queue.records.get(id) ?? {}, { state: 'active' });
    answers.set('a', () => (idsAt('a').length < 3 ? status(500) : OK));
    const stop = start();
    await clock.advance(10 * MINUTE);
    const [first, ...others] = idsAt('a');
    expect(others).toEqual([first, first, kept]);
    expect(queue.attempts.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'delivered', 'delivered']);
    await stop();
  });

  it('stop before an event of a newer version, and do not count that as a failure', async () => {
    const { clock, start, log1, webhook, log, idsAt, queue } = world();
    const { id } = webhook('a');
    const known = log1();
    const [event] = log.events;
    if (event === undefined) throw new Error('Nothing was logged.');
    log.append({ ...event, type: 'dialtone.later.v9' } as unknown as AnyLoggedEvent);
    log1();
    const stop = start();
    await clock.advance(10 * MINUTE);
    expect(idsAt('a')).toEqual([known]);
    expect(queue.records.get(id)).toMatchObject({ attempts: 0, failingSince: null, position: 1n });
    await stop();
  });

  it('leave a webhook alone that cannot be opened', async () => {
    const { clock, start, log1, webhook, sent, errors } = world();
    webhook('a', { target: null });
    log1();
    const stop = start();
    await clock.advance(10 * MINUTE);
    expect([sent, errors]).toEqual([[], []]);
    await stop();
  });

  it('ask nothing of an installation without webhooks but whether it has one, however often they are woken', async () => {
    const { clock, start, log1, webhook, queue, idsAt } = world();
    const [claims, asked] = [jest.spyOn(queue, 'claim'), jest.spyOn(queue, 'isInUse')];
    const stop = start();
    await clock.settle();
    for (let nth = 0; nth < 50; nth += 1) {
      log1();
      await clock.advance(10);
    }
    expect([claims.mock.calls.length, asked.mock.calls.length]).toEqual([0, 1]);
    webhook('a', { position: 50n });
    await clock.advance(1_000);
    const first = log1();
    await clock.settle();
    expect(idsAt('a')).toEqual([first]);
    await stop();
  });
});
