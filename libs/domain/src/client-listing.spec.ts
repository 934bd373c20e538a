import { isClientMissing, type ClientListing } from './client-listing';

const NOW = Date.UTC(2026, 0, 15, 12);
const FRESH_FOR_MS = 180_000;
const LACKING: ClientListing = {
  isRemembered: false,
  isSuspect: false,
  wholeAt: NOW - 60_000,
  createdAt: null,
  now: NOW,
};

describe('a client is missing', () => {
  it.each<{ name: string; given: Partial<ClientListing> | null; want: boolean }>([
    { name: 'when a recent whole list lacks it', given: {}, want: true },
    { name: 'when that list began after the last creation', given: { createdAt: NOW - 60_001 }, want: true },
    { name: 'when the list is as old as it may be', given: { wholeAt: NOW - FRESH_FOR_MS }, want: true },
    { name: 'not when lists have shown it', given: { isRemembered: true }, want: false },
    { name: 'not when the list is suspect as a whole', given: { isSuspect: true }, want: false },
    { name: 'not when no list was whole', given: { wholeAt: null }, want: false },
    { name: 'not when the list is too old', given: { wholeAt: NOW - FRESH_FOR_MS - 1 }, want: false },
    { name: 'not when the list began with the last creation', given: { createdAt: NOW - 60_000 }, want: false },
    { name: 'not when a client was created since', given: { createdAt: NOW - 1 }, want: false },
    { name: 'not when nothing is stored of the list', given: null, want: false },
  ])('$name', ({ given, want }) => {
    expect(isClientMissing(given && { ...LACKING, ...given }, FRESH_FOR_MS)).toBe(want);
  });
});
