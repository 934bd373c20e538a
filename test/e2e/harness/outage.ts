const SECOND = 1_000;

// eslint-disable-next-line no-restricted-syntax -- how `npm run test:outage` says that it is to last as long as its claim
const isLong = process.env['LONG_OUTAGE'] !== undefined;

/** How long the database is away, in milliseconds: shorter than the claimed time unless LONG_OUTAGE is set. */
export const OUTAGE_MS = isLong
  ? { silent: 60 * SECOND, readOnly: 30 * SECOND }
  : { silent: 20 * SECOND, readOnly: 10 * SECOND };
