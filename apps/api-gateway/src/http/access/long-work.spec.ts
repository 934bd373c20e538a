import type { PartnerId } from '@dialtone/domain';
import fc from 'fast-check';
import { LongWork } from './long-work';

const A = 'a' as PartnerId;
const B = 'b' as PartnerId;
const LIMITS = { share: 0.1, freeMs: 25, askingMs: 1_000, restMs: 10_000 };

const open = () => {
  const clock = { ms: 0 };
  return { clock, longWork: new LongWork(LIMITS, () => clock.ms) };
};

describe('the rest after long work', () => {
  it('is none for a partner that is alone, whatever it has done', () => {
    const { clock, longWork } = open();
    for (; clock.ms < 60_000; clock.ms += 500) {
      longWork.asked(A);
      longWork.did(A, 500);
      expect(longWork.restOf(A)).toBe(0);
    }
    // Nor is it made up for when another one comes.
    longWork.asked(B);
    expect(longWork.restOf(A)).toBe(0);
  });

  it('is as long as the work, by its share, beyond what is free, and ends when nobody else has asked for a second', () => {
    const { clock, longWork } = open();
    longWork.asked(B);
    longWork.asked(A);
    longWork.did(A, 20);
    expect(longWork.restOf(A)).toBe(0);
    longWork.did(A, 45);
    expect(longWork.restOf(A)).toBeCloseTo(400);
    clock.ms = 100;
    expect(longWork.restOf(A)).toBeCloseTo(300);
    clock.ms = 1_000;
    longWork.did(A, 45);
    expect(longWork.restOf(A)).toBe(0);
  });

  it('is for lighter ones: of two that are as slow as each other none rests', () => {
    const { longWork } = open();
    for (const one of [A, B]) longWork.asked(one);
    for (const one of [A, B]) longWork.did(one, 200);
    for (const one of [A, B]) expect(longWork.restOf(one)).toBe(0);
    longWork.did(A, 400);
    expect(longWork.restOf(A)).toBeGreaterThan(0);
    expect(longWork.restOf(B)).toBe(0);
  });

  it('forgets partners that neither ask nor have anything to make up for', () => {
    const { clock, longWork } = open();
    for (let nth = 0; nth < 1_000; nth += 1) {
      clock.ms += 100;
      longWork.asked(`p${String(nth)}` as PartnerId);
    }
    const { partners } = longWork as unknown as { readonly partners: ReadonlyMap<PartnerId, unknown> };
    expect(partners.size).toBeLessThanOrEqual(11);
  });

  /** What partners do, in which order, and how much time passes before. */
  const acts = fc.array(
    fc.record({
      partner: fc.constantFrom(...(['a', 'b', 'c', 'd'] as PartnerId[])),
      passes: fc.integer({ min: 0, max: 2_000 }),
      takes: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 5_000 })),
    }),
    { maxLength: 60 },
  );

  it('is bounded, never of a partner without long work, and never of all: the lightest one that asks goes on', () => {
    fc.assert(
      fc.property(acts, (done) => {
        const { clock, longWork } = open();
        const askedAt = new Map<PartnerId, number>();
        const worked = new Set<PartnerId>();
        for (const { partner, passes, takes } of done) {
          clock.ms += passes;
          longWork.asked(partner);
          askedAt.set(partner, clock.ms);
          longWork.did(partner, takes);
          if (takes > 0) worked.add(partner);
          const asking = [...askedAt].filter(([, at]) => clock.ms - at < LIMITS.askingMs).map(([id]) => id);
          const rests = asking.map((id) => longWork.restOf(id));
          expect(Math.max(...rests)).toBeLessThanOrEqual(LIMITS.restMs + 1e-6);
          expect(Math.min(...rests)).toBe(0);
          for (const id of asking) if (!worked.has(id)) expect(longWork.restOf(id)).toBe(0);
        }
      }),
    );
  });

  it('leaves long work its share of the time, in the long run, and no more', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 50, maxLength: 100 }), (work) => {
        const { clock, longWork } = open();
        for (const ms of work) {
          for (const one of [B, A]) longWork.asked(one);
          for (let rest = longWork.restOf(A); rest > 0; rest = longWork.restOf(A)) {
            // In whole milliseconds, as timers are.
            clock.ms += Math.min(Math.ceil(rest), 500);
            for (const one of [B, A]) longWork.asked(one);
          }
          clock.ms += ms;
          for (const one of [B, A]) longWork.asked(one);
          longWork.did(A, ms);
        }
        const long = work.reduce((sum, ms) => sum + ms, 0);
        expect(clock.ms).toBeGreaterThanOrEqual((long - LIMITS.freeMs - 300) / LIMITS.share);
        expect(clock.ms).toBeLessThanOrEqual(long / LIMITS.share + long + work.length);
      }),
    );
  });
});
