import type { UpstreamBody } from './upstream-body';

/** Fields that were left out are not sent, rather than sent as null: what VoiceLink makes of null is unknown. */
export const withoutUndefined = (fields: UpstreamBody): UpstreamBody =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
