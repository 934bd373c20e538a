import { ApiError, retryAfterSeconds } from './api-error';

describe('ApiError', () => {
  it('notes no stack trace, and leaves those of defects as they are', () => {
    expect(new ApiError('RESOURCE_BUSY', 'Busy.').stack).toBe('ApiError: Busy.');
    expect(new Error('A defect.').stack).toMatch(/api-error\.spec/);
  });
});

describe('Retry-After', () => {
  it.each([
    { ms: 1, want: '1' },
    { ms: 1_000, want: '1' },
    { ms: 1_001, want: '2' },
    { ms: 59_999.5, want: '60' },
    { ms: 0, want: '1' },
    { ms: -20, want: '1' },
  ])('$ms ms are told as $want s: never too early, and never "at once"', ({ ms, want }) => {
    expect(retryAfterSeconds(ms)).toBe(want);
    expect(new ApiError('RESOURCE_BUSY', 'Busy.', { retryAfterMs: ms }).headers).toEqual({ 'retry-after': want });
  });

  it.each([null, undefined])('is left out when the wait is %p', (retryAfterMs) => {
    const headers = { etag: '"1"' };
    const extra = retryAfterMs === undefined ? { headers } : { headers, retryAfterMs };
    expect(new ApiError('RESOURCE_BUSY', 'Busy.', extra).headers).toEqual({ etag: '"1"' });
  });
});
