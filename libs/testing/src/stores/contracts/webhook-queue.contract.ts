import { EVENT_EXAMPLES, type AnyLoggedEvent } from '@dialtone/contracts';
import type { PartnerId, WebhookId } from '@dialtone/domain';
import type { ClaimedWebhook, WebhookAttempt, WebhookQueue, WebhookSettlement, WebhookTurn } from '@dialtone/engine';

/** Webhooks of two partners, on an empty log. */
export interface WebhookQueueHarness {
  readonly queue: WebhookQueue;
  readonly partners: readonly [PartnerId, PartnerId];
  /** A webhook of a partner that gets what is logged from now on. */
  add(partnerId: PartnerId): Promise<WebhookId>;
  /** As its partner does. */
  change(id: WebhookId): Promise<void>;
  put(id: WebhookId, state: 'active' | 'disabled'): Promise<void>;
  remove(id: WebhookId): Promise<void>;
  /** Logs events of a partner, and gives them their positions. */
  append(partnerId: PartnerId, count?: number): Promise<void>;
  /** Deletes so many of the oldest events. */
  prune(count: number): Promise<void>;
  /** All logged so far. */
  events(): Promise<readonly AnyLoggedEvent[]>;
  /** What stands in the delivery log of a webhook, oldest first. */
  outcomes(id: WebhookId): Promise<readonly string[]>;
  look(id: WebhookId): Promise<{ readonly state: string; readonly position: bigint; readonly attempts: number }>;
  /** Lets time pass. */
  wait(ms: number): Promise<void>;
}

const TYPE = 'dialtone.warning.raised.v1';
/** Long enough for any test, also on a machine that is busy. */
const LONG_MS = 60_000;

export const warningOf = (partnerId: string): AnyLoggedEvent => {
  const data = { ...EVENT_EXAMPLES[TYPE], partner_id: partnerId };
  return { event_id: '', type: TYPE, connection_id: data.connection_id, key: null, seq: null, data };
};

const ATTEMPT: WebhookAttempt = {
  eventId: '0196f3a0-6f5e-7c3a-9d52-3f1c8e2b7a10',
  eventType: TYPE,
  attempt: 1,
  status: 500,
  error: null,
  latencyMs: 12,
  response: 'no',
};
const prompt = (turn: WebhookTurn): WebhookSettlement => ({
  ...turn,
  slow: false,
  attempts: turn.kind === 'disabled' ? 1 : 0,
});

/** The contract of WebhookQueue; every form of it passes the same tests. */
export const describeWebhookQueue = (name: string, make: () => Promise<WebhookQueueHarness>): void => {
  describe(`${name} as WebhookQueue`, () => {
    let harness: WebhookQueueHarness;
    let own: PartnerId;
    let other: PartnerId;
    beforeEach(async () => {
      harness = await make();
      [own, other] = harness.partners;
    });
    const claim = (owner = 'a', limit = 10, slow = false): Promise<readonly ClaimedWebhook[]> =>
      harness.queue.claim({ owner, leaseTtlMs: LONG_MS, limit, slow });
    const claimed = async (): Promise<ClaimedWebhook> => {
      const [first] = await claim();
      if (first === undefined) throw new Error('Nothing is due.');
      return first;
    };

    it('gives what has events of its own partner, to one owner', async () => {
      expect(await harness.queue.isInUse()).toBe(false);
      const id = await harness.add(own);
      expect(await harness.queue.isInUse()).toBe(true);
      await harness.add(other);
      expect([await claim(), await harness.queue.nextDueInMs()]).toEqual([[], null]);
      await harness.append(own);
      expect(await harness.queue.nextDueInMs()).toBe(0);
      const [one, ...more] = await claim();
      expect([one?.id, one?.position, one?.attempts, one?.eventAgeMs, one?.failingMs]).toEqual([id, 0n, 0, 0, 0]);
      expect([more, await claim('b')]).toEqual([[], []]);
      if (one !== undefined) await harness.queue.release(one);
      expect((await claim('b')).map((webhook) => webhook.id)).toEqual([id]);
    });

    it('gives at most as many as are asked for', async () => {
      for (let nth = 0; nth < 3; nth += 1) await harness.add(own);
      await harness.append(own);
      expect(await claim('a', 2)).toHaveLength(2);
      expect(await claim('b', 2)).toHaveLength(1);
    });

    it('moves with what is delivered, and waits with what failed', async () => {
      const id = await harness.add(own);
      await harness.append(own, 2);
      const webhook = await claimed();
      const { queue } = harness;
      expect(await queue.settle(webhook, { from: 0n, to: 1n }, ATTEMPT, prompt({ kind: 'delivered' }))).toBe(true);
      const failed = { kind: 'retry', inMs: LONG_MS, slow: true, attempts: 1 } as const;
      expect(await queue.settle(webhook, { from: 1n, to: 2n }, ATTEMPT, failed)).toBe(true);
      await queue.release(webhook);
      expect(await harness.look(id)).toEqual({ state: 'active', position: 1n, attempts: 1 });
      expect(await harness.outcomes(id)).toEqual(['delivered', 'failed']);
      expect([await claim(), await claim('a', 10, true)]).toEqual([[], []]);
      expect(await queue.nextDueInMs()).toBeGreaterThan(LONG_MS / 2);
    });

    it('gives what failed again when it is due, among the slow ones, with the ages of what fails', async () => {
      const id = await harness.add(own);
      await harness.append(own);
      const webhook = await claimed();
      const { queue } = harness;
      await queue.settle(webhook, { from: 0n, to: 1n }, ATTEMPT, { kind: 'retry', inMs: 1, slow: true, attempts: 1 });
      await queue.release(webhook);
      await harness.wait(20);
      expect(await claim()).toEqual([]);
      const [again] = await claim('a', 10, true);
      expect([again?.id, again?.attempts]).toEqual([id, 1]);
      expect([again?.eventAgeMs, again?.failingMs].every((age) => age !== undefined && age >= 10)).toBe(true);
    });

    it('goes on after an event that is given up, and still fails', async () => {
      const id = await harness.add(own);
      await harness.append(own, 2);
      const webhook = await claimed();
      expect(await harness.queue.settle(webhook, { from: 0n, to: 1n }, ATTEMPT, prompt({ kind: 'given_up' }))).toBe(
        true,
      );
      await harness.queue.release(webhook);
      await harness.wait(20);
      expect(await harness.look(id)).toEqual({ state: 'active', position: 1n, attempts: 0 });
      const [next] = await claim();
      expect(next?.failingMs).toBeGreaterThan(0);
      expect(next?.eventAgeMs).toBe(0);
      expect(await harness.outcomes(id)).toEqual(['given_up']);
    });

    it('disables with an event of the partner, which other webhooks get', async () => {
      const id = await harness.add(own);
      await harness.append(own);
      const webhook = await claimed();
      const turn = prompt({ kind: 'disabled', reason: 'gone' });
      expect(await harness.queue.settle(webhook, { from: 0n, to: 1n }, ATTEMPT, turn)).toBe(true);
      await harness.queue.release(webhook);
      expect(await harness.look(id)).toMatchObject({ state: 'disabled', position: 0n });
      expect(await claim('a', 10, true)).toEqual([]);
      expect((await harness.events()).at(-1)).toMatchObject({
        type: 'dialtone.webhook.disabled.v1',
        connection_id: null,
        data: { webhook_id: id, partner_id: own, reason: 'gone', event_id: ATTEMPT.eventId },
      });
    });

    it('passes over, and tells of what was missed', async () => {
      const id = await harness.add(own);
      await harness.append(own, 3);
      const webhook = await claimed();
      expect(await harness.queue.pass(webhook, { from: 0n, to: 1n })).toBe(true);
      expect(await harness.queue.miss(webhook, { from: 1n, to: 2n })).toBe(true);
      expect(await harness.look(id)).toMatchObject({ position: 2n });
      expect((await harness.events()).at(-1)).toMatchObject({
        type: 'dialtone.webhook.missed.v1',
        data: { webhook_id: id, partner_id: own },
      });
    });

    it.each<[string, (id: WebhookId) => Promise<void>]>([
      ['changed', (id) => harness.change(id)],
      ['deleted', (id) => harness.remove(id)],
    ])('does not move what its partner has %s meanwhile', async (_, act) => {
      const id = await harness.add(own);
      await harness.append(own);
      const webhook = await claimed();
      await act(id);
      const { queue } = harness;
      const move = { from: 0n, to: 1n };
      expect(await queue.settle(webhook, move, ATTEMPT, prompt({ kind: 'delivered' }))).toBe(false);
      expect(await queue.pass(webhook, move)).toBe(false);
      expect(await queue.miss(webhook, move)).toBe(false);
    });

    it('does not move for one who has lost the lease, or stands elsewhere', async () => {
      await harness.add(own);
      await harness.append(own, 2);
      const webhook = await claimed();
      const { queue } = harness;
      expect(await queue.pass(webhook, { from: 1n, to: 2n })).toBe(false);
      await queue.release(webhook);
      expect(await queue.pass(webhook, { from: 0n, to: 2n })).toBe(false);
    });

    it('is due later when it is released for later', async () => {
      await harness.add(own);
      await harness.append(own);
      await harness.queue.release(await claimed(), LONG_MS);
      expect(await claim()).toEqual([]);
    });

    it('lets those follow the log that have nothing to deliver', async () => {
      const idle = await harness.add(other);
      const busy = await harness.add(own);
      await harness.append(own, 2);
      await harness.queue.followIdle();
      expect((await harness.look(idle)).position).toBe(2n);
      expect((await harness.look(busy)).position).toBe(0n);
    });

    it('lets those that are disabled follow, too, but not past what they have yet to get', async () => {
      const [idle, busy] = [await harness.add(other), await harness.add(own)];
      for (const id of [idle, busy]) await harness.put(id, 'disabled');
      await harness.append(own, 2);
      await harness.queue.followIdle();
      await harness.prune(2);
      await harness.queue.followIdle();
      for (const id of [idle, busy]) await harness.put(id, 'active');
      expect(await harness.queue.nextDueInMs()).toBe(0);
      // All that it was to get is deleted: it is told.
      expect((await claim()).map(({ id, position }) => [id, position])).toEqual([[busy, 0n]]);
    });
  });
};
