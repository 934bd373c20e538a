import { NUMBER_SPELLINGS } from '@dialtone/testing';
import { givenNumber } from './given-number';

describe('givenNumber', () => {
  it.each(NUMBER_SPELLINGS.filter(({ key }) => key !== null))(
    'makes $key of "$spelling": $reason',
    ({ spelling, key }) => {
      expect(givenNumber(spelling, '91')).toEqual({ key, phoneNumber: spelling });
    },
  );

  it.each([
    ['a short code', '56767', '56767'],
    ['a short code with a 0', '0567', '0567'],
  ])('keeps the digits of %s', (_name, spelling, key) => {
    expect(givenNumber(spelling, '91')).toEqual({ key, phoneNumber: spelling });
  });
});
