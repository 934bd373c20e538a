import { judgeImpact, type SweepImpact } from './guard';

describe('judgeImpact', () => {
  const limits = { minimum: 10, percent: 1 };
  const cases: readonly {
    readonly name: string;
    readonly reason: string;
    readonly given: SweepImpact;
    readonly want: string | null;
  }[] = [
    { name: 'nothing known', reason: 'the first sweep', given: { total: 0, broken: 0 }, want: null },
    {
      name: 'all of a few',
      reason: 'the minimum protects small accounts',
      given: { total: 10, broken: 10 },
      want: null,
    },
    {
      name: 'one more than the minimum',
      reason: 'more than an accident',
      given: { total: 200, broken: 11 },
      want: '11 of 200 DIDs broke or vanished in one sweep, more than the limit of 10',
    },
    { name: 'one percent of many', reason: 'the share counts there', given: { total: 5_000, broken: 50 }, want: null },
    {
      name: 'more than one percent of many',
      reason: 'a faulty answer or a deliberate change',
      given: { total: 5_000, broken: 51 },
      want: '51 of 5000 DIDs broke or vanished in one sweep, more than the limit of 50',
    },
    {
      name: 'a part of a DID over the limit',
      reason: '11 is more than 10.99',
      given: { total: 1_099, broken: 11 },
      want: '11 of 1099 DIDs broke or vanished in one sweep, more than the limit of 10',
    },
  ];

  it.each(cases)('decides on $name: $reason', ({ given, want }) => {
    expect(judgeImpact(given, limits)).toBe(want);
  });
});
