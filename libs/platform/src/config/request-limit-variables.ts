import * as kind from './kinds';

/** Requests of one API key, counted over all gateways. */
export const requestLimits = {
  rateLimitPerMinute: kind.integer('RATE_LIMIT_PER_MINUTE', {
    min: 0,
    max: 1_000_000,
    what: 'how many requests an API key may send in a minute, calls aside; 0 for any number',
    fallback: 60,
  }),
  rateLimitDeclarationsPerMinute: kind.integer('RATE_LIMIT_DECLARATIONS_PER_MINUTE', {
    min: 0,
    max: 1_000_000,
    what: 'how many numbers an API key may declare and withdraw in bulk in a minute, in as many requests as it may send; 0 for any number',
    fallback: 6_000,
  }),
  rateLimitCallsPerMinute: kind.integer('RATE_LIMIT_CALLS_PER_MINUTE', {
    min: 0,
    max: 1_000_000,
    what: 'how many requests to /calls an API key may send in a minute; 0 for any number',
    fallback: 10,
  }),
  rateLimitCallsPerPartnerMinute: kind.integer('RATE_LIMIT_CALLS_PER_PARTNER_MINUTE', {
    min: 0,
    max: 1_000_000,
    what: 'how many requests to /calls all API keys of a partner together may send in a minute; 0 for any number',
    fallback: 30,
  }),
};
