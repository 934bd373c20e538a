import { randomUUID } from 'node:crypto';
import type { PartnerId, WebhookId } from '@dialtone/domain';
import { InvalidCursorError, QuotaReachedError, type WebhookOf, type WebhookRow, type WebhookStore } from '../../src';

/** Webhooks of two partners, on an empty log. */
export interface WebhookStoreHarness {
  readonly webhooks: WebhookStore;
  readonly partners: readonly [PartnerId, PartnerId];
  /** Logs events of a partner, and gives them their positions. */
  append(partnerId: PartnerId, count: number): Promise<void>;
}

const URL = 'https://hooks.example/a?token=t';
const [FIRST, SECOND] = ['whsec_MQ==', 'whsec_Mg=='];
const HOUR_MS = 3_600_000;
const ATTEMPT = {
  ...{ eventId: randomUUID(), eventType: 'dialtone.webhook.test.v1', attempt: 1, latencyMs: 5 },
  ...{ status: 204, error: null, response: 'a\0b' },
};

/** The contract of WebhookStore; every form of it passes the same tests. */
export const describeWebhookStore = (name: string, make: () => Promise<WebhookStoreHarness>): void => {
  describe(`${name} as a store of webhooks`, () => {
    let harness: WebhookStoreHarness;
    let webhooks: WebhookStore;
    let own: PartnerId;
    let other: PartnerId;
    beforeEach(async () => {
      harness = await make();
      webhooks = harness.webhooks;
      [own, other] = harness.partners;
    });
    const create = (partnerId = own, given: object = {}): Promise<WebhookRow> =>
      webhooks.create({ partnerId, url: URL, secret: FIRST, description: null, filter: {}, ...given });
    const created = async (): Promise<WebhookOf> => ({ partnerId: own, id: (await create()).id });

    it('creates a webhook that gets what is logged from now on', async () => {
      await harness.append(own, 3);
      const filter = { types: ['dialtone.drift.detected.v1'], number: '918011223344' };
      const row = await create(own, { description: 'Desk', filter });
      expect(row).toMatchObject({ url: URL, description: 'Desk', filter, state: 'active', position: 3n, attempts: 0 });
      expect(await webhooks.find({ partnerId: own, id: row.id })).toEqual(row);
      expect(await webhooks.target({ partnerId: own, id: row.id })).toEqual({ url: URL, secrets: [FIRST] });
    });

    it('refuses more than the partner may have', async () => {
      await create(own, { atMost: 1 });
      await expect(create(own, { atMost: 1 })).rejects.toThrow(QuotaReachedError);
      await create(other, { atMost: 1 });
    });

    it('lists those of a partner page by page, oldest first', async () => {
      const ids = [(await create()).id, (await create()).id, (await create()).id].map(String);
      await create(other);
      const first = await webhooks.page({ partnerId: own, limit: 2 });
      const rest = await webhooks.page({ partnerId: own, limit: 2, cursor: first.nextCursor ?? '' });
      const listed = [...first.items, ...rest.items].map(({ id }) => String(id));
      expect([listed.toSorted(), rest.nextCursor]).toEqual([ids.toSorted(), null]);
      await expect(webhooks.page({ partnerId: own, limit: 2, cursor: 'bm8' })).rejects.toThrow(InvalidCursorError);
    });

    it('keeps what is not changed, and stands still while it is disabled', async () => {
      const of = await created();
      await webhooks.change(of, { description: 'Desk', filter: { number: '918011223344' } });
      const disabled = await webhooks.change(of, { state: 'disabled' });
      expect(disabled).toMatchObject({ url: URL, description: 'Desk', state: 'disabled', stateReason: 'requested' });
      expect(disabled?.filter).toEqual({ number: '918011223344' });
      const enabled = await webhooks.change(of, { state: 'active', url: 'https://b.example/', description: null });
      expect(enabled).toMatchObject({
        url: 'https://b.example/',
        description: null,
        state: 'active',
        stateReason: null,
      });
      expect(await webhooks.target(of)).toEqual({ url: 'https://b.example/', secrets: [FIRST] });
    });

    it('signs with both secrets for a while, or with the new one only', async () => {
      const of = await created();
      const rotated = await webhooks.rotate(of, { secret: SECOND, overlapMs: HOUR_MS });
      expect(rotated?.previousUntil?.getTime()).toBeGreaterThan(Date.now());
      expect(await webhooks.target(of)).toEqual({ url: URL, secrets: [SECOND, FIRST] });
      expect(await webhooks.rotate(of, { secret: FIRST, overlapMs: 0 })).toMatchObject({ previousUntil: null });
      expect(await webhooks.target(of)).toEqual({ url: URL, secrets: [FIRST] });
    });

    it('moves back and forward in the log', async () => {
      const of = await created();
      await harness.append(other, 2);
      await harness.append(own, 2);
      expect(await webhooks.replay(of, { position: 4n })).toMatchObject({ position: 4n, attempts: 0 });
      expect(await webhooks.replay(of, { since: new Date(0) })).toMatchObject({ position: 2n });
      expect(await webhooks.replay(of, { since: new Date(Date.now() + HOUR_MS) })).toMatchObject({ position: 4n });
    });

    it('keeps a delivery log, newest first, and forgets what is old', async () => {
      const of = await created();
      for (const outcome of ['failed', 'delivered', 'failed'] as const)
        await webhooks.noteTest(of, { ...ATTEMPT, outcome });
      const first = await webhooks.deliveries(of, { limit: 2 });
      const rest = await webhooks.deliveries(of, { limit: 2, cursor: first.nextCursor ?? '' });
      expect([...first.items, ...rest.items].map(({ outcome }) => outcome)).toEqual(['failed', 'delivered', 'failed']);
      expect(first.items[0]).toMatchObject({ eventId: ATTEMPT.eventId, attempt: 1, status: 204, latencyMs: 5 });
      expect((await webhooks.deliveries(of, { limit: 9, outcome: 'delivered' })).items).toHaveLength(1);
      await expect(webhooks.deliveries(of, { limit: 2, cursor: 'bm8' })).rejects.toThrow(InvalidCursorError);
      expect(await webhooks.forget({ olderThanMs: HOUR_MS, limit: 9 })).toBe(0);
      expect(await webhooks.forget({ olderThanMs: -HOUR_MS, limit: 2 })).toBe(2);
      expect(await webhooks.forget({ olderThanMs: -HOUR_MS, limit: 2 })).toBe(1);
      expect((await webhooks.deliveries(of, { limit: 9 })).items).toEqual([]);
    });

    it('counts by state', async () => {
      await create(other);
      await webhooks.change(await created(), { state: 'disabled' });
      expect(await webhooks.counts()).toEqual({ active: 1, disabled: 1, failing: 0, oldestFailingSeconds: 0 });
    });

    it('is deleted with its delivery log', async () => {
      const of = await created();
      await webhooks.noteTest(of, { ...ATTEMPT, outcome: 'delivered' });
      expect([await webhooks.remove(of), await webhooks.remove(of), await webhooks.find(of)]).toEqual([
        true,
        false,
        null,
      ]);
      await webhooks.noteTest(of, { ...ATTEMPT, outcome: 'delivered' });
      expect((await webhooks.deliveries(of, { limit: 9 })).items).toEqual([]);
    });

    it('is nothing to other partners, and nothing that there is not is found', async () => {
      const { id } = await created();
      for (const of of [
        { partnerId: other, id },
        { partnerId: own, id: randomUUID() as string as WebhookId },
      ]) {
        expect(await webhooks.find(of)).toBeNull();
        expect(await webhooks.target(of)).toBeNull();
        expect(await webhooks.change(of, { state: 'disabled' })).toBeNull();
        expect(await webhooks.rotate(of, { secret: SECOND, overlapMs: 0 })).toBeNull();
        expect(await webhooks.replay(of, { position: 0n })).toBeNull();
        expect(await webhooks.remove(of)).toBe(false);
        expect((await webhooks.deliveries(of, { limit: 9 })).items).toEqual([]);
      }
      expect(await webhooks.find({ partnerId: own, id })).toMatchObject({ state: 'active' });
    });
  });
};
