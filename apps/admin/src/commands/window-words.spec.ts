import { readWindow, readWindows } from './window-words';

describe('a maintenance window in words', () => {
  it('has kind, the five fields of a cron expression, duration and time zone', () => {
    expect(readWindow('deny 0 22 * * MON-FRI 6h Europe/Berlin')).toEqual({
      kind: 'deny',
      cron: '0 22 * * MON-FRI',
      durationSeconds: 21_600,
      timeZone: 'Europe/Berlin',
    });
    expect(readWindow('  allow  30 1 1 * *   2d UTC ')).toEqual({
      kind: 'allow',
      cron: '30 1 1 * *',
      durationSeconds: 172_800,
      timeZone: 'UTC',
    });
  });

  it.each([
    ['', '"" is none of deny and allow'],
    ['forbid 0 22 * * * 6h UTC', '"forbid" is none of deny and allow'],
    ['deny 0 25 * * * 6h UTC', 'its cron expression "0 25 * * *"'],
    ['deny 0 0 30 2 * 6h UTC', 'must name a time that comes'],
    ['deny 0 22 * * 6h UTC', 'its cron expression "0 22 * * 6h"'],
    ['deny 0 22 * * * 6h', '"" is no IANA time zone'],
    ['deny 0 22 * * * 59s UTC', '"59s" is no duration'],
    ['deny 0 22 * * * 8d UTC', '"8d" is no duration'],
    ['deny 0 22 * * * six UTC', '"six" is no duration'],
    ['deny 0 22 * * * 6h CEST', '"CEST" is no IANA time zone'],
    ['deny 0 22 * * * 6h +02:00', '"+02:00" is no IANA time zone'],
    ['deny 0 22 * * * 6h UTC now', '"UTC now" is no IANA time zone'],
    ['deny 0 * * * * 2h UTC', 'it must be over before it begins again'],
  ])('"%s" is refused: %s', (text, why) => {
    expect(() => readWindow(text)).toThrow(why);
  });

  it('is one of eight at most', () => {
    const nine = Array.from({ length: 9 }, (_, hour) => `deny 0 ${String(hour)} * * * 5m UTC`);
    expect(readWindows(nine.slice(1))).toHaveLength(8);
    expect(() => readWindows(nine)).toThrow('at most 8');
  });
});
