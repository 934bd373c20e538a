import * as fc from 'fast-check';
import { CALL_STATUSES, isCallOver, isFurther, LIVE_STATUSES, type CallStatus } from './call-status';
import { afterHearing, callTimes, withinLife, type HeardOfCall, type KnownOfCall } from './heard-of-call';

const RECORDED: KnownOfCall = {
  status: 'pending',
  carrierId: null,
  answeredAt: null,
  endedAt: null,
  durationSeconds: null,
  errorMessage: null,
};

const heard = (status: CallStatus, at = 1_000, more: Partial<HeardOfCall> = {}): HeardOfCall => ({
  source: 'callback',
  status,
  at,
  ...more,
});
const after = (...all: readonly HeardOfCall[]): KnownOfCall => all.reduce(afterHearing, RECORDED);

describe('what is known of a call', () => {
  it.each<{ name: string; given: readonly HeardOfCall[]; want: Partial<KnownOfCall> }>([
    {
      name: 'follows a call from ringing to its end',
      given: [heard('ringing', 1), heard('in_progress', 2), heard('completed', 9_002, { durationSeconds: 9 })],
      want: { status: 'completed', answeredAt: 2, endedAt: 9_002, durationSeconds: 9, errorMessage: null },
    },
    {
      name: 'does not go back to ringing',
      given: [heard('completed', 5), heard('ringing', 1)],
      want: { status: 'completed', endedAt: 5 },
    },
    {
      name: 'keeps when it was answered, although that is heard after the end',
      given: [heard('completed', 9_000), heard('in_progress', 2_000)],
      want: { status: 'completed', answeredAt: 2_000, endedAt: 9_000 },
    },
    {
      name: 'keeps the first end',
      given: [heard('busy', 3, { error: 'Rejected' }), heard('completed', 9, { durationSeconds: 6 })],
      want: { status: 'busy', endedAt: 3, durationSeconds: null, errorMessage: 'Rejected' },
    },
    {
      name: 'takes the reason that says more',
      given: [heard('failed', 3), heard('failed', 4, { error: 'no' }), heard('failed', 4, { error: 'no route' })],
      want: { status: 'failed', endedAt: 3, errorMessage: 'no route' },
    },
    {
      name: 'takes no reason for a completed call, and no duration for one that was not answered',
      given: [heard('completed', 3, { error: 'normal' }), heard('busy', 3, { durationSeconds: 4 })],
      want: { status: 'completed', endedAt: 3, errorMessage: null, durationSeconds: null },
    },
    {
      name: 'takes the id of the answer, whatever a callback says',
      given: [
        heard('ringing', 1, { carrierId: 'forged' }),
        heard('pending', 2, { source: 'answer', carrierId: 'CA1' }),
        heard('ringing', 3, { carrierId: 'forged' }),
      ],
      want: { status: 'ringing', carrierId: 'CA1' },
    },
    {
      name: 'takes the id of a callback when the answer tells none',
      given: [heard('ringing', 1, { carrierId: 'CA1' }), heard('pending', 2, { source: 'answer' })],
      want: { status: 'ringing', carrierId: 'CA1' },
    },
  ])('$name', ({ given, want }) => {
    expect(after(...given)).toEqual({ ...RECORDED, ...want });
  });

  const anyOf = (statuses: readonly CallStatus[]): fc.Arbitrary<HeardOfCall> =>
    fc.record({
      source: fc.constantFrom('callback' as const, 'poll' as const),
      status: fc.constantFrom(...statuses),
      at: fc.integer({ min: 0, max: 20 }),
      carrierId: fc.constantFrom(null, 'CA1'),
      durationSeconds: fc.oneof(fc.constant(null), fc.nat(20)),
      error: fc.constantFrom(null, 'busy', 'no line', 'rejected'),
    });
  const anything = fc.array(anyOf(CALL_STATUSES), { maxLength: 12 });
  /** All that is heard of a call which ends in one way. */
  const oneStory = fc
    .constantFrom(...CALL_STATUSES)
    .chain((end) => fc.array(anyOf([...LIVE_STATUSES, end]), { maxLength: 8 }))
    .chain((story) => fc.tuple(fc.constant(story), fc.shuffledSubarray(story, { minLength: story.length })));

  it('is the same in whatever order it is heard', () => {
    fc.assert(
      fc.property(oneStory, ([story, shuffled]) => {
        expect(after(...shuffled)).toEqual(after(...story));
      }),
    );
  });

  it('is the same however often it is heard, and then the very same object', () => {
    fc.assert(
      fc.property(anything, (story) => {
        const known = after(...story);
        for (const again of story) expect(afterHearing(known, again)).toBe(known);
      }),
    );
  });

  it('never goes back, and never leaves an end', () => {
    fc.assert(
      fc.property(anything, (story) => {
        let known = RECORDED;
        for (const one of story) {
          const next = afterHearing(known, one);
          expect(isFurther(known.status, next.status)).toBe(false);
          if (isCallOver(known.status)) expect(next.status).toBe(known.status);
          known = next;
        }
      }),
    );
  });

  it('is as far as the furthest thing heard', () => {
    fc.assert(
      fc.property(anything, (story) => {
        const { status } = after(...story);
        for (const one of story) expect(isFurther(one.status, status)).toBe(false);
      }),
    );
  });
});

describe('the times of a call', () => {
  const completed = { ...RECORDED, status: 'completed', endedAt: 10_000 } as const;
  it.each<{ name: string; given: KnownOfCall; want: readonly [number | null, number | null, number | null] }>([
    { name: 'none while it is pending', given: RECORDED, want: [null, null, null] },
    { name: 'its answer while it lasts', given: { ...RECORDED, answeredAt: 4 }, want: [4, null, null] },
    { name: 'its answer by its duration', given: { ...completed, durationSeconds: 7 }, want: [3_000, 10_000, 7] },
    { name: 'its duration by its answer', given: { ...completed, answeredAt: 2_400 }, want: [2_400, 10_000, 8] },
    {
      name: 'no duration below zero',
      given: { ...completed, answeredAt: 12_000 },
      want: [12_000, 10_000, 0],
    },
    {
      name: "the carrier's own duration",
      given: { ...completed, answeredAt: 1_000, durationSeconds: 7 },
      want: [1_000, 10_000, 7],
    },
    { name: 'no duration of a busy line', given: { ...RECORDED, status: 'busy', endedAt: 9 }, want: [null, 9, null] },
  ])('$name', ({ given, want }) => {
    const { startedAt, endedAt, durationSeconds } = callTimes(given);
    expect([startedAt, endedAt, durationSeconds]).toEqual(want);
  });

  it.each([
    [5, 5],
    [-1, 2],
    [99, 9],
    [Number.NaN, 9],
  ])('lie within its life: %p', (at, want) => {
    expect(withinLife(at, { createdAt: 2, now: 9 })).toBe(want);
  });
});
