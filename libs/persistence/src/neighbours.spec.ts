import type { PartnerId } from '@dialtone/domain';
import { Neighbours } from './neighbours';

const A = 'a' as PartnerId;
const B = 'b' as PartnerId;
const C = 'c' as PartnerId;

describe('Neighbours', () => {
  const open = () => {
    const clock = { ms: 0 };
    return { clock, neighbours: new Neighbours(() => clock.ms) };
  };

  it('a partner that asks again and again has none', () => {
    const { neighbours } = open();
    expect(neighbours.has(A)).toBe(false);
    for (let nth = 0; nth < 3; nth += 1) neighbours.saw(A);
    expect(neighbours.has(A)).toBe(false);
    expect(neighbours.has(B)).toBe(true);
  });

  it('a partner has one for a minute after another has asked', () => {
    const { clock, neighbours } = open();
    neighbours.saw(B);
    for (clock.ms = 0; clock.ms < 60_000; clock.ms += 10_000) {
      neighbours.saw(A);
      expect(neighbours.has(A)).toBe(true);
    }
    expect(neighbours.has(A)).toBe(false);
    expect(neighbours.has(B)).toBe(true);
  });

  it('of several it is the latest other one that counts', () => {
    const { clock, neighbours } = open();
    for (const [ms, partnerId] of [
      [0, A],
      [50_000, B],
      [70_000, C],
      [70_001, B],
    ] as const) {
      clock.ms = ms;
      neighbours.saw(partnerId);
    }
    clock.ms = 120_000;
    expect([A, B, C].map((partnerId) => neighbours.has(partnerId))).toEqual([true, true, true]);
    clock.ms = 130_000;
    expect(neighbours.has(B)).toBe(false);
    expect(neighbours.has(C)).toBe(true);
  });
});
