import { trendShape } from './trend';

const cellsOf = (at: string, numbers: number, states: Readonly<Record<string, number>>) =>
  Object.fromEntries(
    trendShape.columns.map(({ title, of }) => [title, of({ at, numbers, declared: 2, stale: 1, by_state: states })]),
  );

describe('the table of a trend', () => {
  it('shows how many are READY, and what is wrong with the others', () => {
    const states = { READY: 4_990, NO_BOT: 3, ROUTING_CHANGED: 6, UNKNOWN: 1, NOT_IMPORTED: 0 };
    expect(cellsOf('2026-06-09T00:00:00.000Z', 5_000, states)).toEqual({
      ...{ AT: '2026-06-09', NUMBERS: '5,000', READY: '4,990', SHARE: '99.8 %', UNKNOWN: '1', DECLARED: '2', OLD: '1' },
      'NOT READY': 'ROUTING_CHANGED 6, NO_BOT 3',
    });
  });

  it('shows hours as hours, and no share of nothing', () => {
    expect(cellsOf('2026-06-09T13:00:00.000Z', 0, {})).toMatchObject({ AT: '2026-06-09T13:00Z', SHARE: '–' });
  });
});
