export {
  AccountPool,
  credentialOf,
  gateOf,
  type AccessSource,
  type AccountPoolOptions,
  type UpstreamProtection,
} from './account-pool';
export { createVoiceLinkAccount, type CallPlacement, type HttpVoiceLinkAccount } from './http-account';
export type { VoiceLinkCall, VoiceLinkRaw } from './api-client';
export type { CallOutcome } from './classify';
export type { ReadListing } from './lister';
export type { UnreadableValue, VoiceLinkCallEvent, VoiceLinkOptions } from './options';
export type { LoginOutcome } from './bearer-token';
export { unnamedRoutingFields, writableFields, type PlaceCallInput } from './write-bodies';
