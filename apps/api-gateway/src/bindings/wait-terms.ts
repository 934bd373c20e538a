export const WAIT_RESULTS = ['ready', 'impossible', 'timed_out'] as const;
export type WaitResult = (typeof WAIT_RESULTS)[number];

/** Proxies end silent requests after a minute or two. */
export const WAIT_SECONDS = { min: 1, max: 120, default: 30 } as const;
