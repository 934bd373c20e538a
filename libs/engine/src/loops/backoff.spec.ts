import { backoffMs, jittered } from './backoff';

const limits = { baseMs: 100, capMs: 5_000 };

describe('backoffMs', () => {
  it.each([
    { name: 'first attempt, longest', attempts: 0, random: 0, want: 100 },
    { name: 'first attempt, middle', attempts: 0, random: 0.5, want: 75 },
    { name: 'first attempt, shortest: half of the longest', attempts: 0, random: 0.999_999, want: 50 },
    { name: 'doubles', attempts: 3, random: 0, want: 800 },
    { name: 'stops at the cap', attempts: 6, random: 0, want: 5_000 },
    { name: 'spreads below the cap too', attempts: 6, random: 0.5, want: 3_750 },
    { name: 'stays finite after very many attempts', attempts: 100_000, random: 0, want: 5_000 },
  ])('$name', ({ attempts, random, want }) => {
    expect(backoffMs(attempts, limits, random)).toBe(want);
  });

  it('is never 0, which would be a busy loop', () => {
    expect(backoffMs(0, { baseMs: 0, capMs: 0 }, 0.999_999)).toBe(1);
  });
});

describe('jittered', () => {
  it('spreads over ten percent to both sides', () => {
    expect([0, 0.5, 1].map((random) => jittered(1_000, random))).toEqual([900, 1_000, 1_100]);
  });
});
