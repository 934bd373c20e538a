/** The relays' cursor in the event log; each topic has a branch of it. */
export const RELAY_CURSOR = 'kafka';
