import { onceAMinute } from './once-a-minute';

describe('a trouble that comes again and again', () => {
  it('is told when it begins, and then once a minute with how often it came', () => {
    const lines: unknown[] = [];
    let now = 0;
    const tell = onceAMinute(
      (fields, message) => lines.push([now / 1_000, message, fields]),
      () => now,
    );
    for (; now < 125_000; now += 250) tell({ why: 'away' }, 'No database');
    tell({}, 'No broker');
    now += 3_600_000;
    tell({ why: 'away' }, 'No database');
    expect(lines).toEqual([
      [0, 'No database', { why: 'away' }],
      [60, 'No database', { why: 'away', repeated: 239 }],
      [120, 'No database', { why: 'away', repeated: 239 }],
      [125, 'No broker', {}],
      [3_725, 'No database', { why: 'away', repeated: 19 }],
    ]);
  });
});
