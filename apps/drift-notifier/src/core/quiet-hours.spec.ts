import { type QuietHours, quietUntil, WEEKDAYS } from './quiet-hours';

const hours = (timeZone: string, from: number, to: number, days: readonly (typeof WEEKDAYS)[number][] = WEEKDAYS) =>
  ({ timeZone, windows: [{ days, from, to }] }) satisfies QuietHours;
const NIGHT = [22 * 60, 7 * 60] as const;

describe('quietUntil', () => {
  it.each([
    ['is null before the quiet hours', 'Asia/Kolkata', '2026-11-21T16:29:59Z', null],
    ['is their end from their first minute on', 'Asia/Kolkata', '2026-11-21T16:30:00Z', '2026-11-22T01:30:00.000Z'],
    ['is their end after midnight', 'Asia/Kolkata', '2026-11-22T01:29:30Z', '2026-11-22T01:30:00.000Z'],
    ['is null at their end', 'Asia/Kolkata', '2026-11-22T01:30:00Z', null],
    // The clocks of Berlin go on from 2:00 to 3:00 on 2026-03-29, and back from 3:00 to 2:00 on 2026-10-25.
    [
      'is an hour sooner in a night that loses one',
      'Europe/Berlin',
      '2026-03-28T21:00:00Z',
      '2026-03-29T05:00:00.000Z',
    ],
    [
      'is an hour later in a night that has one more',
      'Europe/Berlin',
      '2026-10-24T20:00:00Z',
      '2026-10-25T06:00:00.000Z',
    ],
  ])('%s', (_, zone, at, want) => {
    const end = quietUntil(hours(zone, ...NIGHT), Date.parse(at));
    expect(end === null ? null : new Date(end).toISOString()).toBe(want);
  });

  it('ends where the clock goes on when the hour of its end is left out', () => {
    const end = quietUntil(hours('Europe/Berlin', 60, 150), Date.parse('2026-03-29T00:30:00Z'));
    expect(new Date(end ?? 0).toISOString()).toBe('2026-03-29T01:00:00.000Z');
  });

  it('is quiet twice in an hour that the clock repeats', () => {
    const end = quietUntil(hours('Europe/Berlin', 120, 180), Date.parse('2026-10-25T00:15:00Z'));
    expect(new Date(end ?? 0).toISOString()).toBe('2026-10-25T02:00:00.000Z');
  });

  it('begins on the days that are named, and lasts into the next', () => {
    const weekend = hours('UTC', ...NIGHT, ['friday']);
    expect(quietUntil(weekend, Date.parse('2026-11-21T03:00:00Z'))).toBe(Date.parse('2026-11-21T07:00:00Z'));
    expect(quietUntil(weekend, Date.parse('2026-11-20T03:00:00Z'))).toBeNull();
    expect(quietUntil(weekend, Date.parse('2026-11-21T23:00:00Z'))).toBeNull();
  });

  it('goes on from one window to the next', () => {
    const two = {
      timeZone: 'UTC',
      windows: [
        { days: ['friday' as const], from: 1_200, to: 0 },
        { days: ['saturday' as const], from: 0, to: 600 },
      ],
    };
    expect(quietUntil(two, Date.parse('2026-11-20T21:00:00Z'))).toBe(Date.parse('2026-11-21T10:00:00Z'));
  });

  it('is never when the whole week would be quiet', () => {
    expect(quietUntil(hours('UTC', 0, 0), 0)).toBeNull();
  });
});
