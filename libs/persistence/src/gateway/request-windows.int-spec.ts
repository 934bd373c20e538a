import fc from 'fast-check';
import { usePostgres } from '@dialtone/persistence/testing';
import type { RequestWindows } from './request-windows';

const MINUTE = 60_000;

describe('windows of requests', () => {
  const postgres = usePostgres();
  const { query } = postgres;
  let windows: RequestWindows;
  beforeEach(() => {
    windows = postgres.stores.requestWindows;
  });

  const told = async (): Promise<readonly unknown[]> =>
    (await postgres.events()).map(({ type, connection_id: id, data }) => [
      type,
      id,
      'reason' in data ? data.reason : '',
    ]);

  const move = (by: string): Promise<unknown> =>
    query(`update request_windows set started_at = started_at + interval '${by}'`);

  it('count from the first request on, and say when they end', async () => {
    const first = await windows.count('k', 'general', MINUTE);
    expect(first).toEqual({ used: 1, resetMs: MINUTE });
    await move('-20 seconds');
    const second = await windows.count('k', 'general', MINUTE);
    expect(second.used).toBe(2);
    expect(second.resetMs).toBeLessThanOrEqual(MINUTE - 20_000);
    expect(second.resetMs).toBeGreaterThan(MINUTE - 30_000);
  });

  it('end after their length, and begin anew with the next request', async () => {
    await windows.count('k', 'general', MINUTE);
    await windows.count('k', 'general', MINUTE);
    await move('-60 seconds');
    expect(await windows.count('k', 'general', MINUTE)).toEqual({ used: 1, resetMs: MINUTE });
  });

  it('do not last longer because the clock was set back', async () => {
    await windows.count('k', 'general', MINUTE);
    await move('2 hours');
    expect(await windows.count('k', 'general', MINUTE)).toEqual({ used: 1, resetMs: MINUTE });
  });

  it('are not opened twice by requests that overlap', async () => {
    await windows.count('k', 'general', MINUTE);
    // The state after a concurrent request that began later and finished first.
    await move('3 seconds');
    expect((await windows.count('k', 'general', MINUTE)).used).toBe(2);
  });

  it('take many at once, all or none, and say how many are used', async () => {
    const take = (amount: number) => windows.take('k', 'declarations', { amount, limit: 10, windowMs: MINUTE });
    expect(await take(11)).toMatchObject({ used: 0, resetMs: MINUTE, isTaken: false });
    expect(await take(7)).toMatchObject({ used: 7, resetMs: MINUTE, isTaken: true });
    expect(await take(4)).toMatchObject({ used: 7, isTaken: false });
    expect(await take(3)).toMatchObject({ used: 10, isTaken: true });
    await move('-20 seconds');
    const full = await take(1);
    expect([full.used, full.isTaken, full.resetMs <= MINUTE - 20_000]).toEqual([10, false, true]);
    await move('-60 seconds');
    expect(await take(11)).toMatchObject({ used: 0, isTaken: false });
    expect(await take(10)).toMatchObject({ used: 10, resetMs: MINUTE, isTaken: true });
    expect((await windows.count('k', 'general', MINUTE)).used).toBe(1);
  });

  it('are apart for each key and each bucket', async () => {
    await windows.count('k', 'general', MINUTE);
    expect((await windows.count('k', 'calls', MINUTE)).used).toBe(1);
    expect((await windows.count('l', 'general', MINUTE)).used).toBe(1);
  });

  it('agree with a model over any course of requests and pauses', async () => {
    // Multiples of 7 s never end near a window's end, so that the time the test itself takes does not matter.
    const pause = fc.record({ seconds: fc.integer({ min: 1, max: 13 }).map((nth) => nth * 7) });
    const request = fc.record({ key: fc.constantFrom('k', 'l'), bucket: fc.constantFrom('general', 'calls') });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(request, request, pause), { maxLength: 25 }), async (course) => {
        await query('delete from request_windows');
        const open = new Map<string, { age: number; used: number }>();
        for (const event of course) {
          if ('seconds' in event) {
            await move(`-${String(event.seconds)} seconds`);
            for (const window of open.values()) window.age += event.seconds;
            continue;
          }
          const id = `${event.key}/${event.bucket}`;
          const window = open.get(id);
          const next =
            window === undefined || window.age >= 60 ? { age: 0, used: 1 } : { ...window, used: window.used + 1 };
          open.set(id, next);
          const { used, resetMs } = await windows.count(event.key, event.bucket, MINUTE);
          expect(used).toBe(next.used);
          expect(Math.abs(resetMs - (60 - next.age) * 1000)).toBeLessThan(5_000);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('count every one of many requests at once exactly once', async () => {
    const uses = await Promise.all(Array.from({ length: 100 }, () => windows.count('k', 'general', MINUTE)));
    expect(uses.map(({ used }) => used).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 100 }, (_, i) => i + 1),
    );
  });

  it('that calls use up are told of once each, however many processes say so at once', async () => {
    const first = await postgres.given.connection();
    const window = {
      partnerId: first.partnerId,
      apiKeyId: 'k',
      bucket: 'calls',
      limit: 1,
      reason: 'key_calls_per_minute',
    } as const;
    const event = ['dialtone.calls.limited.v1', first.id, 'key_calls_per_minute'];
    await windows.count('k', 'calls', MINUTE);
    await windows.tell(window);
    expect(await told()).toEqual([]);
    await windows.count('k', 'calls', MINUTE);
    await Promise.all(Array.from({ length: 5 }, () => windows.tell(window)));
    expect(await told()).toEqual([event]);
    await move('-60 seconds');
    for (let nth = 0; nth < 2; nth += 1) await windows.count('k', 'calls', MINUTE);
    await windows.tell(window);
    expect(await told()).toEqual([event, event]);
  });

  it('that are used up without any connection to call on are told of nobody', async () => {
    const { id: partnerId } = await postgres.stores.partners.create('Acme');
    for (let nth = 0; nth < 2; nth += 1) await windows.count('k', 'calls', MINUTE);
    await windows.tell({ partnerId, apiKeyId: 'k', bucket: 'calls', limit: 1, reason: 'partner_calls_per_minute' });
    expect(await told()).toEqual([]);
  });
});
