import { durationMs } from './duration';

it.each([
  ['0s', 0],
  ['30s', 30_000],
  ['1h30m', 5_400_000],
  ['1m500ms', 60_500],
  ['2d', 172_800_000],
  ['', null],
  ['5', null],
  ['30m1h', null],
  ['1.5h', null],
  ['-1s', null],
  ['1 h', null],
])('a duration of %j is %j ms', (text, want) => {
  expect(durationMs(text)).toBe(want);
});
