import { readExpiry, readScopes } from './key-limits';

const NOW = new Date('2026-06-09T10:00:00.000Z');

describe('the scopes of a new key', () => {
  it.each([
    ['calls:write', ['calls:write']],
    ['bindings:read, bindings:write', ['bindings:read', 'bindings:write']],
    ['readiness:read,readiness:read', ['readiness:read']],
    ['*', ['*']],
  ])('are read from %p', (text, scopes) => {
    expect(readScopes(text)).toEqual(scopes);
  });

  it.each(['', 'calls:delete', 'bindings:read,', 'Calls:Write', 'calls:write bindings:read'])(
    'are not guessed from %p',
    (text) => {
      expect(() => readScopes(text)).toThrow(/is not a scope.*calls:write/);
    },
  );
});

describe('the expiry of a new key', () => {
  it.each([
    ['12h', '2026-06-09T22:00:00.000Z'],
    ['90d', '2026-09-07T10:00:00.000Z'],
    ['2027-01-31', '2027-01-31T00:00:00.000Z'],
    ['2027-01-31T18:00+05:30', '2027-01-31T12:30:00.000Z'],
  ])('is read from %p', (text, expiry) => {
    expect(readExpiry(text, NOW).toISOString()).toBe(expiry);
  });

  it.each([
    '',
    '0d',
    '-1d',
    '90',
    'tomorrow',
    '2027-13-01',
    '2027-02-31',
    '2027-02-31T10:00Z',
    '2027-02-01x',
    '2027-01-31T18:00',
    '1e3d',
  ])('is not guessed from %p', (text) => {
    expect(() => readExpiry(text, NOW)).toThrow(/no expiry/);
  });

  it.each(['2026-06-09', '2026-06-09T10:00Z'])('is in the future, and %p is not', (text) => {
    expect(() => readExpiry(text, NOW)).toThrow(/has passed/);
  });
});
