import { setTimeout as sleep } from 'node:timers/promises';
import type { PartnerId } from '@dialtone/domain';
import { PartnerBusyError, PoolShares, shareLimits } from './pool-shares';

const A = 'a' as PartnerId;
const B = 'b' as PartnerId;

describe('PoolShares', () => {
  const LIMITS = { together: 3, each: 2, heldMs: 60_000, waiting: 3, cleaningUp: 1, waitMs: 60_000 };

  /** Takes turns, and records in which order they come. */
  const takerOf = (shares: PoolShares) => {
    const order: string[] = [];
    const held: (() => void)[] = [];
    const take = (partnerId: PartnerId, name: string, cleansUp = false): void => {
      const isTaken = (giveBack: () => void): void => {
        order.push(name);
        held.push(giveBack);
      };
      // What still waits when a test is over is refused in the middle of another.
      shares.take(partnerId, cleansUp).then(isTaken, () => undefined);
    };
    return { order, held, take };
  };

  it('a partner holds no more than its share, and what it gives back goes to its next', async () => {
    const { order, held, take } = takerOf(new PoolShares(LIMITS));
    for (const name of ['a1', 'a2', 'a3']) take(A, name);
    await sleep(0);
    expect(order).toEqual(['a1', 'a2']);
    held[0]?.();
    await sleep(0);
    expect(order).toEqual(['a1', 'a2', 'a3']);
  });

  it('partners take turns, whatever one of them has waiting', async () => {
    const shares = new PoolShares({ ...LIMITS, together: 1, each: 1 });
    const { order, held, take } = takerOf(shares);
    for (const name of ['a1', 'a2', 'a3']) take(A, name);
    take(B, 'b1');
    // One of A's is served already, and one has its turn: no more of them come before B's.
    for (let turn = 0; turn < 4; turn += 1) {
      await sleep(0);
      held[turn]?.();
    }
    expect(order).toEqual(['a1', 'a2', 'b1', 'a3']);
    expect(shares.waiting).toBe(0);
  });

  it('beside another partner it holds one, the next when that is given back, and alone as many as its share', async () => {
    const { order, held, take } = takerOf(new PoolShares(LIMITS));
    take(B, 'b1');
    for (const name of ['a1', 'a2', 'a3']) take(A, name);
    await sleep(0);
    expect(order).toEqual(['b1', 'a1']);
    held[1]?.();
    await sleep(0);
    expect(order).toEqual(['b1', 'a1', 'a2']);
  });

  it('beside another partner it waits no longer than the database can have worked for what waits for a lock', async () => {
    const { order, take } = takerOf(new PoolShares({ ...LIMITS, heldMs: 10 }));
    take(B, 'b1');
    for (const name of ['a1', 'a2', 'a3']) take(A, name);
    await sleep(60);
    expect(order).toEqual(['b1', 'a1', 'a2']);
  });

  it('a connection that is given back twice frees one place', async () => {
    const { order, held, take } = takerOf(new PoolShares({ ...LIMITS, each: 1 }));
    for (const name of ['a1', 'a2', 'a3']) take(A, name);
    await sleep(0);
    held[0]?.();
    held[0]?.();
    await sleep(0);
    expect(order).toEqual(['a1', 'a2']);
  });

  it('one more than may wait is refused at once, and another partner is not', async () => {
    const shares = new PoolShares(LIMITS);
    for (let index = 0; index < 5; index += 1) void shares.take(A).catch(() => undefined);
    await expect(shares.take(A)).rejects.toBeInstanceOf(PartnerBusyError);
    await expect(shares.take(B)).resolves.toBeInstanceOf(Function);
  });

  it('what cleans up goes before all that waits, and has places of its own', async () => {
    const shares = new PoolShares({ ...LIMITS, each: 1 });
    const { order, held, take } = takerOf(shares);
    for (const name of ['a1', 'a2', 'a3', 'a4']) take(A, name);
    await expect(shares.take(A)).rejects.toBeInstanceOf(PartnerBusyError);
    take(A, 'delete', true);
    await expect(shares.take(A, true)).rejects.toBeInstanceOf(PartnerBusyError);
    expect(shares.waiting).toBe(4);
    for (let turn = 0; turn < 5; turn += 1) {
      await sleep(0);
      held[turn]?.();
    }
    expect(order).toEqual(['a1', 'delete', 'a2', 'a3', 'a4']);
  });

  it('what waits for too long is refused, and leaves the queue', async () => {
    const shares = new PoolShares({ ...LIMITS, each: 1, waitMs: 10 });
    const giveBack = await shares.take(A);
    await expect(shares.take(A)).rejects.toBeInstanceOf(PartnerBusyError);
    expect(shares.waiting).toBe(0);
    giveBack();
    await expect(shares.take(A)).resolves.toBeInstanceOf(Function);
  });

  it.each([
    { poolSize: 2, each: 1, together: 1 },
    { poolSize: 3, each: 1, together: 2 },
    { poolSize: 10, each: 5, together: 9 },
  ])('of $poolSize connections one partner takes $each, all of them $together', ({ poolSize, each, together }) => {
    expect(shareLimits(poolSize, 1)).toMatchObject({ each, together });
  });
});
