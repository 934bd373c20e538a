export { createVoiceLinkAccount, type HttpVoiceLinkAccount } from './account';
export type { Query, VoiceLinkCall, VoiceLinkRaw } from './caller';
export type { CallFailure, CallOutcome } from './classify';
export { ENDPOINTS, type Endpoint } from './endpoints';
export {
  DEFAULT_TIMEOUTS,
  type ReadRetryPolicy,
  type VoiceLinkCallEvent,
  type VoiceLinkCredentials,
  type VoiceLinkObserver,
  type VoiceLinkOptions,
  type VoiceLinkTimeouts,
} from './options';
export type { LoginOutcome } from './session';
export type { HttpMethod } from './transport';
