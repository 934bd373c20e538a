import { notedBreakerState, type NotedBreaker } from './noted-breaker';

const AT = (over: Partial<NotedBreaker>): NotedBreaker => ({
  now: 100,
  unansweredUntil: null,
  answeredAt: null,
  ...over,
});

describe('the breaker of a connection, as processes noted it', () => {
  it.each([
    ['closed when none opened', AT({}), 'closed'],
    ['open until its time', AT({ unansweredUntil: 101, answeredAt: 99 }), 'open'],
    ['about to be tried when its time has come', AT({ unansweredUntil: 100, answeredAt: 99 }), 'half_open'],
    ['about to be tried when VoiceLink never answered', AT({ unansweredUntil: 90 }), 'half_open'],
    ['closed when VoiceLink has answered since', AT({ unansweredUntil: 90, answeredAt: 90 }), 'closed'],
  ] as const)('is %s', (_, noted, want) => {
    expect(notedBreakerState(noted)).toBe(want);
  });
});
