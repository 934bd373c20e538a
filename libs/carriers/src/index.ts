export type {
  AnswerDocument,
  CallbackKeys,
  CallbackRequest,
  CallbackSpec,
  Handover,
  HeardCall,
  Proof,
} from './callbacks/callback';
export { fieldsOf } from './callbacks/read-fields';
export { CALLERS_BACK, callbacksOf, Carriers, carrierInfo, type CallerBack, type CarriersOptions } from './carriers';
export type { SipGateway } from './carrier-spec';
export { EXOTEL_HOSTS } from './exotel/exotel';
export { judgeAccess, type AccessVerdict } from './judge-access';
export {
  CARRIER_NAMES,
  type CallOrder,
  type CallReading,
  type Carrier,
  type CarrierAccess,
  type CarrierFailure,
  type CarrierName,
  type Ending,
  type ListedNumber,
  type NumberListing,
  type Placement,
  type Verdict,
} from './port';
