import * as fc from 'fast-check';
import { freshForMs, isStale } from './freshness';

describe('whether a verdict is stale when it is read', () => {
  const INTERVAL_MS = 60_000;
  const freshMs = freshForMs({ sweepIntervalMs: INTERVAL_MS });

  it.each([
    { name: 'confirmed a moment ago', given: { stale: false, ageSeconds: 0 }, want: false },
    { name: 'two intervals old', given: { stale: false, ageSeconds: 120 }, want: false },
    { name: 'older than two intervals', given: { stale: false, ageSeconds: 120.001 }, want: true },
    { name: 'not confirmed by the last look', given: { stale: true, ageSeconds: 1 }, want: true },
    { name: 'never observed: it claims nothing', given: { stale: false, ageSeconds: null }, want: false },
    { name: 'never observed completely', given: { stale: true, ageSeconds: null }, want: true },
  ])('$name: $want', ({ given, want }) => {
    expect(isStale(given, freshMs)).toBe(want);
  });

  it.each([
    [60_000, 120_000],
    [2_500, 5_000],
    [300, 5_000],
  ])(
    'swept every %i ms, a verdict counts for %i ms: two intervals, and never less than a sweep may take',
    (every, want) => {
      expect(freshForMs({ sweepIntervalMs: every })).toBe(want);
    },
  );

  it('once stale, it is so at every greater age', () => {
    fc.assert(
      fc.property(fc.boolean(), fc.nat(1_000), fc.nat(1_000), (stale, ageSeconds, later) => {
        if (!isStale({ stale, ageSeconds }, freshMs)) return;
        expect(isStale({ stale, ageSeconds: ageSeconds + later }, freshMs)).toBe(true);
      }),
    );
  });

  it('one late sweep, with the jitter of its schedule, makes nothing stale', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.9, max: 1.1, noNaN: true }), fc.nat(INTERVAL_MS / 2), (jitter, tookMs) => {
        expect(isStale({ stale: false, ageSeconds: (jitter * INTERVAL_MS + tookMs) / 1_000 }, freshMs)).toBe(false);
      }),
    );
  });
});
