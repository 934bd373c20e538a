import { parseExpiry } from './expiry';
import { UNREADABLE } from './meanings';

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
    { given: '', want: null, reason: 'empty' },
    { given: null, want: null, reason: 'missing' },
    { given: '2027-02-31', want: UNREADABLE, reason: 'no such day' },
    { given: '2027-01-31 25:00:00', want: UNREADABLE, reason: 'no such time' },
    { given: 'soon', want: UNREADABLE, reason: 'no date' },
    { given: {}, want: UNREADABLE, reason: 'not text' },
  ])('reads $given: $reason', ({ given, want }) => {
    expect(parseExpiry(given, IST)).toBe(want);
  });

  const END_OF_JANUARY = at('2020-01-31T18:29:59.999Z');

  it.each([
    { given: '01/31/2020', reason: 'there is no month 31' },
    { given: '31/01/2020', reason: 'the same day, day first' },
    { given: '31.01.2020', reason: 'points' },
    { given: '31-1-2020', reason: 'a month of one digit' },
    { given: '2020-1-31', reason: 'a month of one digit, year first' },
    { given: '20200131', reason: 'without marks' },
    { given: 20200131, reason: 'without marks, as a number' },
    { given: '31-Jan-2020', reason: 'a month as a word' },
    { given: '31 January, 2020', reason: 'a whole word' },
    { given: '31Jan2020', reason: 'a word without marks' },
    { given: '31st Jan 2020', reason: 'an ordinal' },
    { given: 'Jan 31, 2020', reason: 'the word first' },
    { given: 'Fri, 31 Jan 2020', reason: 'a weekday' },
    { given: '2020-JAN-31', reason: 'year, word, day' },
    { given: '2020-01-31T23:59:59.999+05:30', reason: 'the same instant, written out' },
  ])('understands $given, which can only be the last of January: $reason', ({ given }) => {
    expect(parseExpiry(given, IST)).toBe(END_OF_JANUARY);
  });

  it.each([
    { given: 1580495399, reason: 'epoch seconds' },
    { given: '1580495399', reason: 'epoch seconds as text' },
    { given: 1580495399000, reason: 'epoch milliseconds' },
    { given: '31-Jan-2020 11:59:59 PM', reason: 'half a day' },
    { given: '31/01/2020, 23:59:59', reason: 'a comma' },
    { given: 'Fri, 31 Jan 2020 18:29:59 GMT', reason: 'as HTTP writes dates' },
    { given: '20200131235959', reason: 'without any mark' },
    { given: '20200131T182959Z', reason: 'ISO without marks' },
  ])('understands $given, which can only be one second: $reason', ({ given }) => {
    expect(parseExpiry(given, IST)).toBe(at('2020-01-31T18:29:59Z'));
  });

  it('reads midday and midnight of a half day', () => {
    expect(parseExpiry('31-Jan-2020 12:00 AM', '+00:00')).toBe(at('2020-01-31T00:00:00Z'));
    expect(parseExpiry('31-Jan-2020 12:00 PM', '+00:00')).toBe(at('2020-01-31T12:00:00Z'));
  });

  it.each(['0000-00-00', '0000-00-00 00:00:00', '0001-01-01T00:00:00', 0, '0', 'never', 'N/A', '-', 'null'])(
    'takes %p for no date',
    (given) => {
      expect(parseExpiry(given, IST)).toBeNull();
    },
  );

  it.each([
    { given: '01/02/2027', reason: 'January or February' },
    { given: '05-04-2027', reason: 'April or May' },
    { given: '31-Jan-27', reason: 'which is the year?' },
    { given: '27-01-31', reason: 'which is the year?' },
    { given: '31/31/2027', reason: 'no month' },
    { given: '31-Foo-2027', reason: 'no month' },
    { given: '31-Marchand-2027', reason: 'no month' },
    { given: '20271331', reason: 'no month 13' },
    { given: '1970-01-01', reason: 'a zero that was read as a date' },
    { given: '1970-01-01 05:30:00', reason: 'a zero that was read as a date in India' },
    { given: '2027-01-31 13:00 PM', reason: 'no such hour' },
    { given: '2027-01-31 10:00 IST', reason: 'India, Israel or Ireland' },
    { given: 86400, reason: 'days, seconds, or what?' },
    { given: '1580428799.5', reason: 'no whole number' },
    { given: 'valid until 31 Jan 2027', reason: 'a sentence' },
    { given: '31 जनवरी 2027', reason: 'a word that is not known here' },
    { given: true, reason: 'a flag' },
    { given: { date: '2027-01-31 00:00:00.000000', timezone_type: 3, timezone: 'UTC' }, reason: 'a date of PHP' },
    { given: ['2027-01-31'], reason: 'a list' },
  ])('does not guess what $given is: $reason', ({ given }) => {
    expect(parseExpiry(given, IST)).toBe(UNREADABLE);
  });

  it('takes the offset as an argument', () => {
    expect(parseExpiry('2027-01-31', '+00:00')).toBe(at('2027-01-31T23:59:59.999Z'));
  });
});
