import { setTimeout as sleep } from 'node:timers/promises';
import type { PartnerId } from '@dialtone/domain';
import { PartnerBusyError } from '@dialtone/persistence';
import { PartnerPlaces, type Place } from './partner-places';

const A = 'a' as PartnerId;
const B = 'b' as PartnerId;
const LIMITS = { each: 2, besideOthers: 2, heldMs: 60_000, waiting: 3, first: 1, waitMs: 60_000, restMs: 60_000 };
const NO_REST = { restOf: () => 0 };

describe('PartnerPlaces', () => {
  const open = (limits: Partial<typeof LIMITS> = {}) => {
    const places = new PartnerPlaces({ ...LIMITS, ...limits }, NO_REST);
    const begun: string[] = [];
    const enter = (partnerId: PartnerId, name: string, goesFirst = false): Place => {
      const place = places.enter(partnerId, goesFirst);
      place.turn.then(
        () => begun.push(name),
        () => begun.push(`${name} refused`),
      );
      return place;
    };
    return { begun, enter };
  };

  it('lets some requests of a partner begin, the next when one is answered, and another partner at once', async () => {
    const { begun, enter } = open();
    const [first] = ['a1', 'a2', 'a3'].map((name) => enter(A, name));
    enter(B, 'b1');
    await sleep(0);
    expect(begun).toEqual(['a1', 'a2', 'b1']);
    first?.leave();
    first?.leave();
    await sleep(0);
    expect(begun).toEqual(['a1', 'a2', 'b1', 'a3']);
  });

  it('works on fewer requests of a partner at once while another one asks as well', async () => {
    const { begun, enter } = open({ besideOthers: 1 });
    enter(B, 'b1');
    const [first] = ['a1', 'a2', 'a3'].map((name) => enter(A, name));
    await sleep(0);
    expect(begun).toEqual(['b1', 'a1']);
    first?.leave();
    await sleep(0);
    expect(begun).toEqual(['b1', 'a1', 'a2']);
  });

  it('lets what cleans up begin before others, and gives it places of its own to wait', async () => {
    const { begun, enter } = open();
    const held = ['a1', 'a2'].map((name) => enter(A, name));
    for (const name of ['a3', 'a4', 'a5', 'a6']) enter(A, name);
    enter(A, 'delete', true);
    enter(A, 'delete 2', true);
    await sleep(0);
    expect(begun).toEqual(['a1', 'a2', 'a6 refused', 'delete 2 refused']);
    held[0]?.leave();
    await sleep(0);
    expect(begun.at(-1)).toBe('delete');
  });

  it('keeps no request waiting for one that waits for something else', async () => {
    const { begun, enter } = open({ each: 1, heldMs: 10 });
    for (const name of ['a1', 'a2']) enter(A, name);
    await sleep(50);
    expect(begun).toEqual(['a1', 'a2']);
  });

  it('refuses what has waited for too long, and forgets what left', async () => {
    const { begun, enter } = open({ each: 1, waiting: 1, waitMs: 20 });
    const held = enter(A, 'a1');
    enter(A, 'a2').leave();
    enter(A, 'a3');
    await sleep(60);
    expect(begun).toEqual(['a1', 'a3 refused']);
    held.leave();
    enter(A, 'a4');
    await sleep(0);
    expect(begun.at(-1)).toBe('a4');
    await expect(new PartnerPlaces({ ...LIMITS, waiting: 0 }, NO_REST).enter(A, false).turn).rejects.toBeInstanceOf(
      PartnerBusyError,
    );
  });

  describe('while its partner rests after long work', () => {
    const RESTS_MS = 40_000;
    const LOOK_MS = 100;

    /** A partner that rests until `clock.ms` passes `until`. */
    const rested = (restMs: number) => {
      jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
      const rest = { until: RESTS_MS };
      const restOf = (partnerId: PartnerId): number =>
        partnerId === A ? Math.max(0, rest.until - (performance.now() - begunAt)) : 0;
      const begunAt = performance.now();
      const places = new PartnerPlaces({ ...LIMITS, each: 1, restMs }, { restOf });
      const begun: string[] = [];
      const enter = (partnerId: PartnerId, name: string, goesFirst = false): Place => {
        const place = places.enter(partnerId, goesFirst);
        void place.turn.then(() => begun.push(name));
        return place;
      };
      return { begun, enter, rest };
    };
    afterEach(() => {
      jest.useRealTimers();
    });

    it('a request waits, and those of others do not', async () => {
      const { begun, enter, rest } = rested(RESTS_MS * 2);
      expect(enter(A, 'a1').isFree).toBe(false);
      expect(enter(B, 'b1').isFree).toBe(true);
      await jest.advanceTimersByTimeAsync(RESTS_MS - 1);
      expect(begun).toEqual(['b1']);
      await jest.advanceTimersByTimeAsync(2);
      expect(begun).toEqual(['b1', 'a1']);
      rest.until = 0;
    });

    it('what cleans up does not wait', async () => {
      const { begun, enter } = rested(RESTS_MS);
      enter(A, 'a1');
      const first = enter(A, 'delete 1', true);
      enter(A, 'delete 2', true);
      await jest.advanceTimersByTimeAsync(0);
      expect(begun).toEqual(['delete 1']);
      first.leave();
      await jest.advanceTimersByTimeAsync(0);
      expect(begun).toEqual(['delete 1', 'delete 2']);
    });

    it('a request goes on as soon as nobody is left to rest for', async () => {
      const { begun, enter, rest } = rested(RESTS_MS * 2);
      enter(A, 'a1');
      await jest.advanceTimersByTimeAsync(LOOK_MS * 5);
      expect(begun).toEqual([]);
      rest.until = 0;
      await jest.advanceTimersByTimeAsync(LOOK_MS);
      expect(begun).toEqual(['a1']);
    });

    it('a request that has waited for long enough goes on all the same, one after another', async () => {
      const { begun, enter } = rested(RESTS_MS / 4);
      const first = enter(A, 'a1');
      enter(A, 'a2');
      await jest.advanceTimersByTimeAsync(RESTS_MS / 4 - 1);
      expect(begun).toEqual([]);
      await jest.advanceTimersByTimeAsync(2);
      expect(begun).toEqual(['a1']);
      first.leave();
      await jest.advanceTimersByTimeAsync(0);
      expect(begun).toEqual(['a1', 'a2']);
    });

    it('what a request took is told before the next one begins', async () => {
      jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
      let debt = 0;
      const places = new PartnerPlaces({ ...LIMITS, each: 1 }, { restOf: () => debt });
      const first = places.enter(A, false, () => {
        debt = 1_000;
      });
      const next = jest.fn();
      void places.enter(A, false).turn.then(next);
      first.leave();
      await jest.advanceTimersByTimeAsync(LOOK_MS);
      expect(next).not.toHaveBeenCalled();
      debt = 0;
      await jest.advanceTimersByTimeAsync(LOOK_MS);
      expect(next).toHaveBeenCalledTimes(1);
    });
  });
});
