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
});
