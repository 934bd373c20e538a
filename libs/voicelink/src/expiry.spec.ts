import { parseExpiry } from './expiry';

const IST = '+05:30';
const at = (iso: string): number => Date.parse(iso);

describe('parseExpiry', () => {
  it.each([
    {
      given: '2027-01-31',
      want: at('2027-01-31T18:29:59.999Z'),
      reason: 'a bare date lasts to the end of the day in India',
    },
    { given: ' 2027-01-31 ', want: at('2027-01-31T18:29:59.999Z'), reason: 'stray spaces' },
    { given: '2027/01/31', want: at('2027-01-31T18:29:59.999Z'), reason: 'slashes' },
    { given: '31-01-2027', want: at('2027-01-31T18:29:59.999Z'), reason: 'day first' },
    { given: '2027-01-31 10:15:00', want: at('2027-01-31T04:45:00Z'), reason: 'a time without zone is Indian time' },
    { given: '2027-01-31T10:15', want: at('2027-01-31T04:45:00Z'), reason: 'no seconds' },
    { given: '2027-01-31T10:15:00Z', want: at('2027-01-31T10:15:00Z'), reason: 'its own zone' },
    {
      given: '2027-01-31T10:15:00.250+05:30',
      want: at('2027-01-31T04:45:00.250Z'),
      reason: 'the form of webhook times',
    },
    { given: '2027-01-31T00:00:00.000000Z', want: at('2027-01-31T00:00:00Z'), reason: 'Laravel writes microseconds' },
    { given: '2027-01-31T10:15:00+0530', want: at('2027-01-31T04:45:00Z'), reason: 'a zone without colon' },
    { given: '2027-02-31', want: null, reason: 'no such day' },
    { given: '0000-00-00', want: null, reason: "MySQL's empty date" },
    { given: '2027-01-31 25:00:00', want: null, reason: 'no such time' },
    { given: 'soon', want: null, reason: 'no date' },
    { given: '', want: null, reason: 'empty' },
    { given: null, want: null, reason: 'missing' },
    { given: {}, want: null, reason: 'not text' },
  ])('reads $given: $reason', ({ given, want }) => {
    expect(parseExpiry(given, IST)).toBe(want);
  });

  it('takes the offset as an argument', () => {
    expect(parseExpiry('2027-01-31', '+00:00')).toBe(at('2027-01-31T23:59:59.999Z'));
  });
});
