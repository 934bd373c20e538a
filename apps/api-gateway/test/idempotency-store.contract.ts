import type { PartnerId } from '@dialtone/domain';
import {
  LONG_ANSWER_BYTES,
  LONG_ANSWERS_KEPT,
  type IdempotencyClaim,
  type IdempotencyStore,
  type IdempotentAttempt,
} from '@dialtone/persistence';

export interface IdempotencyHarness {
  readonly store: IdempotencyStore;
  partner(): Promise<PartnerId>;
  /** As if a day had passed since the claim. */
  expire(place: { readonly partnerId: PartnerId; readonly key: string }): Promise<void>;
}

const attemptOf = (claim: IdempotencyClaim): IdempotentAttempt => {
  if (claim.kind !== 'started') throw new Error(`not started but ${claim.kind}`);
  return claim.attempt;
};

/** The database and the test read one clock, in other units. */
const CLOCKS_APART_MS = 5;
const ANSWER = { status: 201, headers: { etag: '"1"' }, body: '{"success":true,"data":"Größe 📞"}' };

/** What every form of the store promises. */
export const describeIdempotencyStore = (name: string, harness: () => IdempotencyHarness): void => {
  describe(name, () => {
    let store: IdempotencyStore;
    let partnerId: PartnerId;
    beforeEach(async () => {
      ({ store } = harness());
      partnerId = await harness().partner();
    });
    const claim = (changes: Partial<Parameters<IdempotencyStore['claim']>[0]> = {}) =>
      store.claim({ partnerId, key: 'k', request: 'r', ttlMs: 60_000, requestId: 'request-1', ...changes });

    it('starts one of many at once; the others see it running', async () => {
      const claims = await Promise.all(Array.from({ length: 8 }, () => claim()));
      expect(claims.map(({ kind }) => kind).toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
        ...Array.from({ length: 7 }, () => 'running'),
        'started',
      ]);
    });

    it('gives the kept answer again, and refuses another request', async () => {
      await store.keep(attemptOf(await claim()), ANSWER);
      expect(await claim()).toEqual({ kind: 'answered', answer: ANSWER });
      expect(await claim({ request: 'other' })).toEqual({ kind: 'reused' });
    });

    it('keeps an answer without a body and without headers', async () => {
      const answer = { status: 204, headers: {}, body: null };
      await store.keep(attemptOf(await claim()), answer);
      expect(await claim()).toEqual({ kind: 'answered', answer });
    });

    it('refuses another request also while the first one is running or lost', async () => {
      const attempt = attemptOf(await claim());
      expect(await claim({ request: 'other' })).toEqual({ kind: 'reused' });
      await store.commit(attempt);
      await store.abandon(attempt);
      expect(await claim({ request: 'other' })).toEqual({ kind: 'reused' });
    });

    it('refuses another request also when the first one stopped running, which only the same one takes over', async () => {
      await claim({ ttlMs: 0 });
      expect(await claim({ request: 'other' })).toEqual({ kind: 'reused' });
      expect(await claim()).toMatchObject({ kind: 'started' });
    });

    it('keeps partners and keys apart', async () => {
      await store.keep(attemptOf(await claim()), ANSWER);
      expect(await claim({ partnerId: await harness().partner(), request: 'other' })).toMatchObject({
        kind: 'started',
      });
      expect(await claim({ key: 'K', request: 'other' })).toMatchObject({ kind: 'started' });
    });

    it('lets the next one take over what stopped running before it was committed, and fences the first', async () => {
      const first = attemptOf(await claim({ ttlMs: 0 }));
      const second = attemptOf(await claim());
      expect(await store.commit(first)).toBe(false);
      await store.keep(first, { ...ANSWER, status: 500 });
      await store.release(first);
      await store.abandon(first);
      expect(await store.commit(second)).toBe(true);
      await store.keep(second, ANSWER);
      expect(await claim()).toEqual({ kind: 'answered', answer: ANSWER });
    });

    it('never lets anybody take over what was committed, but takes its late answer', async () => {
      const attempt = attemptOf(await claim({ ttlMs: 0 }));
      expect(await store.commit(attempt)).toBe(true);
      expect(await claim()).toEqual({ kind: 'lost' });
      await store.renew(attempt, 60_000);
      expect(await claim()).toEqual({ kind: 'running' });
      await store.keep(attempt, ANSWER);
      expect(await claim()).toEqual({ kind: 'answered', answer: ANSWER });
    });

    it.each(['stopped running', 'was abandoned'])('tells the same request of each attempt that %s', async (how) => {
      const end = async (requestId: string): Promise<IdempotencyClaim> => {
        const claimed = await claim({ requestId, ttlMs: 0 });
        if (how === 'was abandoned') await store.abandon(attemptOf(claimed));
        return claimed;
      };
      const began = Date.now();
      expect(await end('request-1')).toMatchObject({ kind: 'started', earlier: null });
      const ended = Date.now();
      const second = await end('request-2');
      expect(second).toMatchObject({ earlier: { requestIds: ['request-1'] } });
      const third = await end('request-3');
      expect(third).toMatchObject({ earlier: { requestIds: ['request-1', 'request-2'] } });
      const since = third.kind === 'started' ? third.earlier?.since.getTime() : undefined;
      expect(since).toBeGreaterThanOrEqual(began - CLOCKS_APART_MS);
      expect(since).toBeLessThanOrEqual(ended + CLOCKS_APART_MS);
    });

    it('tells neither another request of an abandoned attempt, nor any of one that did nothing or is a day old', async () => {
      await store.abandon(attemptOf(await claim({ requestId: 'abandoned' })));
      const other = attemptOf(await claim({ request: 'other', requestId: 'other' }));
      await store.release(other);
      expect(await claim({ ttlMs: 0 })).toMatchObject({ kind: 'started', earlier: null });
      await harness().expire({ partnerId, key: 'k' });
      expect(await claim()).toMatchObject({ kind: 'started', earlier: null });
    });

    it('goes on running while it is renewed', async () => {
      const attempt = attemptOf(await claim({ ttlMs: 0 }));
      await store.renew(attempt, 60_000);
      expect(await claim()).toEqual({ kind: 'running' });
    });

    it('frees a released key for any request, also after it was committed', async () => {
      const attempt = attemptOf(await claim());
      await store.commit(attempt);
      await store.release(attempt);
      expect(await claim({ request: 'other' })).toMatchObject({ kind: 'started' });
    });

    it('frees an abandoned key, unless it was committed', async () => {
      const first = attemptOf(await claim());
      await store.abandon(first);
      const second = attemptOf(await claim({ request: 'other' }));
      await store.commit(second);
      await store.abandon(second);
      expect(await claim({ request: 'other' })).toEqual({ kind: 'lost' });
    });

    it('changes nothing about an answer that was given', async () => {
      const attempt = attemptOf(await claim());
      await store.keep(attempt, ANSWER);
      await store.release(attempt);
      await store.abandon(attempt);
      await store.keep(attempt, { ...ANSWER, status: 500 });
      expect(await store.commit(attempt)).toBe(false);
      expect(await claim()).toEqual({ kind: 'answered', answer: ANSWER });
    });

    it('keeps the last long answers of a partner, and all that were committed, are not that long, or are of another', async () => {
      const long = { ...ANSWER, body: 'ü'.repeat(LONG_ANSWER_BYTES / 2 + 1) };
      const short = { ...ANSWER, body: 'x'.repeat(LONG_ANSWER_BYTES) };
      const answer = async (key: string, what: typeof ANSWER, isCommitted = false, of = partnerId): Promise<void> => {
        const attempt = attemptOf(await claim({ key, partnerId: of }));
        if (isCommitted) await store.commit(attempt);
        await store.keep(attempt, what);
      };
      const other = await harness().partner();
      await answer('other', long, false, other);
      await answer('committed', long, true);
      await answer('short', short);
      for (let nth = 0; nth <= LONG_ANSWERS_KEPT; nth += 1) await answer(String(nth), long);
      expect(await claim({ key: '0', request: 'other' })).toMatchObject({ kind: 'started' });
      for (const key of ['1', String(LONG_ANSWERS_KEPT), 'committed', 'short']) {
        expect([key, (await claim({ key })).kind]).toEqual([key, 'answered']);
      }
      expect((await claim({ key: 'other', partnerId: other })).kind).toBe('answered');
    });

    it('takes no new key once the kept answers take up what they may, and still gives those that are kept', async () => {
      const half = { ...ANSWER, body: 'x'.repeat(500_000) };
      const atMost = 1_000_000;
      for (const key of ['1', '2']) await store.keep(attemptOf(await claim({ key, atMost })), half);
      const full = { quota: 'kept_answer_bytes', atMost, freeInMs: expect.any(Number) as number };
      await expect(claim({ key: '3', atMost })).rejects.toMatchObject(full);
      expect(await claim({ key: '1', atMost })).toEqual({ kind: 'answered', answer: half });
      expect(await claim({ key: '1', request: 'other', atMost })).toEqual({ kind: 'reused' });
      expect(await claim({ key: '3', partnerId: await harness().partner(), atMost })).toMatchObject({
        kind: 'started',
      });
      expect(await claim({ key: '3', atMost: 0 })).toMatchObject({ kind: 'started' });
    });

    it('counts every kept answer, also an empty one, and no long one that was not committed', async () => {
      const atMost = 1_000;
      const long = { ...ANSWER, body: 'x'.repeat(LONG_ANSWER_BYTES + 1) };
      await store.keep(attemptOf(await claim({ key: 'long', atMost })), long);
      await store.release(attemptOf(await claim({ key: 'released', atMost })));
      for (const key of ['1', '2'])
        await store.keep(attemptOf(await claim({ key, atMost })), { ...ANSWER, body: null });
      await expect(claim({ key: '3', atMost })).rejects.toMatchObject({ quota: 'kept_answer_bytes' });
    });

    it('forgets everything after a day', async () => {
      await store.keep(attemptOf(await claim()), ANSWER);
      await harness().expire({ partnerId, key: 'k' });
      expect(await claim({ request: 'other' })).toMatchObject({ kind: 'started' });
    });
  });
};
