import * as fc from 'fast-check';
import { cronFault, isTimeZone, nextBegin, overlapsItself, type MaintenanceWindow } from './window-calendar';
import { areClosed, closedWindows, windowState, type WindowSet } from './windows';

const BERLIN = 'Europe/Berlin';
const NEW_YORK = 'America/New_York';
const HOUR = 3_600;

const window = (kind: MaintenanceWindow['kind'], cron: string, hours: number, timeZone = 'UTC'): MaintenanceWindow => ({
  ...{ kind, cron, timeZone },
  durationSeconds: hours * HOUR,
});
const of = (...windows: readonly MaintenanceWindow[]): readonly WindowSet[] => [{ level: 'connection', windows }];
const at = (iso: string): number => Date.parse(iso);
const iso = (time: number | null): string | null => (time === null ? null : new Date(time).toISOString().slice(0, 16));

describe('begins of a window over both changes of the clock', () => {
  it.each([
    // The hour from 02:00 to 03:00 does not exist: what would begin in it begins when it is over.
    [BERLIN, '30 2 * * *', '2026-03-28T00:00Z', ['2026-03-28T01:30', '2026-03-29T01:00', '2026-03-30T00:30']],
    [NEW_YORK, '30 2 * * *', '2026-03-07T00:00Z', ['2026-03-07T07:30', '2026-03-08T07:00', '2026-03-09T06:30']],
    // The hour is there twice: a fixed time begins once, at the first.
    [BERLIN, '30 2 * * *', '2026-10-24T00:00Z', ['2026-10-24T00:30', '2026-10-25T00:30', '2026-10-26T01:30']],
    [NEW_YORK, '30 1 * * *', '2026-10-31T00:00Z', ['2026-10-31T05:30', '2026-11-01T05:30', '2026-11-02T06:30']],
    // Every hour is every hour, there or twice.
    [BERLIN, '0 * * * *', '2026-03-28T23:30Z', ['2026-03-29T00:00', '2026-03-29T01:00', '2026-03-29T02:00']],
    [BERLIN, '0 * * * *', '2026-10-24T23:30Z', ['2026-10-25T00:00', '2026-10-25T01:00', '2026-10-25T02:00']],
    [NEW_YORK, '0 * * * *', '2026-03-08T05:30Z', ['2026-03-08T06:00', '2026-03-08T07:00', '2026-03-08T08:00']],
    [NEW_YORK, '0 * * * *', '2026-11-01T04:30Z', ['2026-11-01T05:00', '2026-11-01T06:00', '2026-11-01T07:00']],
    // A time beside the change keeps its place on the clock of the wall.
    [BERLIN, '0 22 * * *', '2026-03-28T12:00Z', ['2026-03-28T21:00', '2026-03-29T20:00', '2026-03-30T20:00']],
    [BERLIN, '0 22 * * *', '2026-10-24T12:00Z', ['2026-10-24T20:00', '2026-10-25T21:00', '2026-10-26T21:00']],
    [NEW_YORK, '0 22 * * *', '2026-03-07T12:00Z', ['2026-03-08T03:00', '2026-03-09T02:00', '2026-03-10T02:00']],
    [NEW_YORK, '0 22 * * *', '2026-10-31T12:00Z', ['2026-11-01T02:00', '2026-11-02T03:00', '2026-11-03T03:00']],
  ])('in %s: %s after %s', (timeZone, cron, from, want) => {
    const begins: (string | null)[] = [];
    for (let time = at(from); begins.length < want.length;) {
      time = nextBegin(window('deny', cron, 1, timeZone), time) ?? Infinity;
      begins.push(iso(time));
    }
    expect(begins).toEqual(want);
  });
});

describe('windows', () => {
  it.each([
    [
      'deny, inside',
      of(window('deny', '0 22 * * *', 8, BERLIN)),
      '2026-03-28T23:00Z',
      '2026-03-28T21:00',
      '2026-03-29T05:00',
    ],
    [
      'deny, over the shorter night',
      of(window('deny', '0 22 * * *', 8, NEW_YORK)),
      '2026-03-08T05:00Z',
      '2026-03-08T03:00',
      '2026-03-08T11:00',
    ],
    [
      'deny, over the longer night',
      of(window('deny', '0 22 * * *', 8, BERLIN)),
      '2026-10-25T00:30Z',
      '2026-10-24T20:00',
      '2026-10-25T04:00',
    ],
    [
      'allow, outside',
      of(window('allow', '0 2 * * *', 2, BERLIN)),
      '2026-06-01T12:00Z',
      '2026-06-01T02:00',
      '2026-06-02T00:00',
    ],
    [
      'allow, before the hour that is missing',
      of(window('allow', '30 2 * * *', 1, BERLIN)),
      '2026-03-29T00:59Z',
      '2026-03-28T02:30',
      '2026-03-29T01:00',
    ],
    [
      'two that touch',
      of(window('deny', '0 0 * * *', 2), window('deny', '0 2 * * *', 2)),
      '2026-06-01T03:00Z',
      '2026-06-01T00:00',
      '2026-06-01T04:00',
    ],
    [
      'a second one, at the moment at which it begins',
      of(window('deny', '0 0 * * *', 2), window('deny', '0 2 * * *', 2)),
      '2026-06-01T02:00Z',
      '2026-06-01T00:00',
      '2026-06-01T04:00',
    ],
    [
      'deny inside allow',
      of(window('allow', '0 0 * * *', 8), window('deny', '0 2 * * *', 1)),
      '2026-06-01T02:30Z',
      '2026-06-01T02:00',
      '2026-06-01T03:00',
    ],
  ] as const)('that close (%s) say since when and until when', (...[, sets, now, since, until]) => {
    const closed = closedWindows(sets, at(now));
    expect([iso(closed?.since ?? null), iso(closed?.until ?? null)]).toEqual([since, until]);
    expect(closed?.reason).toBe('window_closed');
  });

  it('are open at the very moment at which they end, and closed at that at which they begin', () => {
    const sets = of(window('deny', '0 22 * * *', 1));
    expect(closedWindows(sets, at('2026-06-01T21:59:59.999Z'))).toBeNull();
    expect(closedWindows(sets, at('2026-06-01T22:00Z'))?.until).toBe(at('2026-06-01T23:00Z'));
    expect(closedWindows(sets, at('2026-06-01T22:59:59.999Z'))?.until).toBe(at('2026-06-01T23:00Z'));
    expect(closedWindows(sets, at('2026-06-01T23:00Z'))).toBeNull();
  });

  it('of partner and connection must both be open', () => {
    const allow = window('allow', '0 0 * * *', 12);
    const deny = window('deny', '0 6 * * *', 12);
    const both: readonly WindowSet[] = [
      { level: 'partner', windows: [deny] },
      { level: 'connection', windows: [allow] },
    ];
    expect(closedWindows(both, at('2026-06-01T03:00Z'))).toBeNull();
    expect(closedWindows(both, at('2026-06-01T07:00Z'))).toMatchObject({
      why: 'the maintenance window 0 6 * * * UTC of the partner is on',
      until: at('2026-06-02T00:00Z'),
    });
    // The words do not change while it stays closed.
    expect(closedWindows(both, at('2026-06-01T19:00Z'))?.why).toBe(
      'the maintenance window 0 6 * * * UTC of the partner is on',
    );
    expect(closedWindows(of(allow), at('2026-06-01T19:00Z'))?.why).toBe(
      'it is outside the maintenance windows of the connection: 0 0 * * * UTC',
    );
  });

  it('say at every time the same as at every other of one stretch, and turn at its ends', () => {
    const anyWindow = fc
      .record({
        kind: fc.constantFrom('allow' as const, 'deny' as const),
        cron: fc.constantFrom('0 22 * * *', '30 2 * * *', '0 */6 * * *', '15 1 * * SUN', '0 0 1 * *'),
        durationSeconds: fc.constantFrom(1_800, 4 * HOUR, 26 * HOUR),
        timeZone: fc.constantFrom(BERLIN, NEW_YORK, 'Asia/Kolkata'),
      })
      .filter((window) => !overlapsItself(window));
    const start = at('2026-03-01T00:00Z');
    fc.assert(
      fc.property(
        fc.array(anyWindow, { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 0, max: 280 * 24 * 60 }),
        (windows, minute) => {
          const now = start + minute * 60_000;
          const { closedBy, since, until } = windowState(of(...windows), now);
          const isClosed = (time: number): boolean => areClosed(of(...windows), time);
          const is = closedBy !== null;
          // A chain of more causes than are followed ends later than this, and is looked at again there.
          const isFar = (time: number): boolean => Math.abs(time - now) >= 16 * 900_000;
          if (until !== null) {
            expect([until > now, isClosed(until - 1)]).toEqual([true, is]);
            expect(isClosed(until) !== is || isFar(until)).toBe(true);
          }
          if (since !== null) {
            expect([since <= now, isClosed(since)]).toEqual([true, is]);
            expect(isClosed(since - 1) !== is || isFar(since)).toBe(true);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('that leave no gap are looked at again instead of never', () => {
    const hourly = of(window('deny', '0 * * * *', 1));
    const closed = closedWindows(hourly, at('2026-06-01T00:30Z'));
    expect(closed?.until).toBeGreaterThan(at('2026-06-01T00:30Z'));
    expect([overlapsItself(window('deny', '0 * * * *', 1)), overlapsItself(window('deny', '0 22 * * *', 23))]).toEqual([
      true,
      false,
    ]);
  });

  it('refuse what is no cron expression or no zone', () => {
    for (const cron of ['0 22 * * *', '*/5 0-6 1,15 * MON-FRI', '0 0 29 2 *', '0 22 * * 1#1'])
      expect(cronFault(cron)).toBeNull();
    for (const cron of [
      '',
      '* * * *',
      '* * * * * *',
      '61 * * * *',
      '@daily',
      '0  22 * * *',
      ' 0 22 * * *',
      '0 0 31 2 *',
      'a b c d e',
      '2026-01-01T00:00:00',
    ])
      expect(cronFault(cron)).toMatch(/^must /);
    for (const zone of [BERLIN, NEW_YORK, 'Asia/Kolkata', 'UTC', 'America/Argentina/Buenos_Aires'])
      expect(isTimeZone(zone)).toBe(true);
    for (const zone of ['', 'Mars/Base', 'CET', '+02:00', 'Europe', 'Europe/berlin\n'])
      expect(isTimeZone(zone)).toBe(false);
  });
});
