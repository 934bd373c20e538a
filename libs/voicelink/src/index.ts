export {
  AccountPool,
  gateOf,
  type AccessSource,
  type AccountPoolOptions,
  type UpstreamProtection,
} from './account-pool';
export { createVoiceLinkAccount, type CallPlacement, type HttpVoiceLinkAccount } from './account';
export type { VoiceLinkCall, VoiceLinkRaw } from './caller';
export type { CallOutcome } from './classify';
export type { ReadListing } from './listing';
export type { VoiceLinkCallEvent, VoiceLinkOptions } from './options';
export type { LoginOutcome } from './session';
export { unnamedRoutingFields, writableFields, type PlaceCallInput } from './write-bodies';
